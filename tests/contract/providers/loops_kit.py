"""Loops as the conformance suite needs it, around its simulator."""

import json
from dataclasses import replace
from typing import Any

from integrations.domain.integration import Integration
from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import OutgoingRecord, PushOutcome
from integrations.providers.loops.provider import LoopsProvider
from integrations.providers.registry import connect
from tests.contract.providers.kit import ServiceKit
from tests.simulators.process import RunningSimulator

KEY, UNKNOWN = "sim-key", "sim-no-such-key"


def settings_for(simulator: RunningSimulator) -> ConnectionSettings:
    """Settings that list the simulator's address; repetitions follow at once."""
    address = simulator.url.removeprefix("http://")
    return ConnectionSettings(listed_addresses=(address,), random=lambda: 0.0, call_seconds_maximum=30.0)


def open_loops(
    simulator: RunningSimulator, settings: ConnectionSettings, key: str = KEY, **config: Any
) -> LoopsProvider:
    """A provider of the simulator's team."""
    values = {"apiHost": simulator.url, "entityTypes": {"customer": "contact"}, **config}
    integration = Integration("demo", "int_1", "loops", "Audience", "active", values, (), 0, 0)
    provider = connect(integration, json.dumps({"apiKey": key}).encode(), settings)
    assert isinstance(provider, LoopsProvider)
    return provider


def outgoing(number: int, targets: dict[str, Any] | None = None, **changes: Any) -> OutgoingRecord:
    """The record of a customer who isn't in Loops yet, all of it to be sent."""
    targets = targets or {"email": address(number), "firstName": f"First {number}", "userGroup": "Readers"}
    values: dict[str, Any] = {
        "entity_id": f"customer-{number}",
        "external_id": f"email={address(number)}",
        "remote_type": "contact",
        "targets": targets,
        "changed": frozenset(targets),
    }
    return OutgoingRecord(**{**values, **changes})


def address(number: int) -> str:
    """The e-mail address of a customer."""
    return f"person-{number}@example.com"


def known(record: OutgoingRecord, **values: Any) -> OutgoingRecord:
    """The record later on: Loops is remembered to have it, and the values are new."""
    return replace(record, known=True, targets={**record.targets, **values}, changed=frozenset(values))


def push(provider: LoopsProvider, *records: OutgoingRecord) -> list[PushOutcome]:
    """The outcomes of one batch."""
    return list(provider.push_batch(records, "job"))


def contact_of(simulator: RunningSimulator, number: int) -> dict[str, Any]:
    """The customer's contact as it is stored."""
    (contact,) = simulator.admin.dump(email=address(number))
    return contact


def paths(simulator: RunningSimulator) -> list[str]:
    """The paths that were called, below the version."""
    return [entry["path"].partition("?")[0].rpartition("/v1/")[2] for entry in simulator.admin.requests()]


def loops_kit(simulator: RunningSimulator) -> ServiceKit:
    """The kit."""

    def seed(records: int) -> list[str]:
        simulator.admin.seed([{"email": address(number), "firstName": f"First {number}"} for number in range(records)])
        return [f"email={address(number)}" for number in range(records)]

    def stored() -> dict[str, dict[str, Any]]:
        return {f"email={contact['email']}": contact for contact in simulator.admin.dump()}

    return ServiceKit(
        admin=simulator.admin,
        open_with=lambda settings, refused: open_loops(simulator, settings, UNKNOWN if refused else KEY),
        settings=settings_for(simulator),
        secrets=(KEY, UNKNOWN),
        remote_types=("contact",),
        first_check_path="/v1/api-key",
        record=outgoing,
        bad_record=lambda number: outgoing(number, {"email": f"no address {number}"}),
        requests_with_a_bad_record=20,
        delete_path="/contacts/delete",
        push_path="/contacts/update",
        read_path="/contacts/find",
        seed=seed,
        stored=stored,
        push_is_idempotent=True,
        missing_id="email=nobody@example.com",
    )
