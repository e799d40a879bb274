"""Sanity as the conformance suite needs it, around its simulator."""

import json
from typing import Any

from integrations.domain.identity import external_id_of_entity
from integrations.domain.integration import Integration
from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import OutgoingRecord
from integrations.providers.registry import connect
from integrations.providers.sanity.provider import SanityProvider
from integrations.providers.sanity.pull import PAGE_RECORDS
from tests.contract.providers.kit import ServiceKit
from tests.simulators.process import RunningSimulator

EDITOR, UNKNOWN = "sim-editor", "sk-no-such-token"
BOOKKEEPING = ("_rev", "_createdAt", "_updatedAt")


def settings_for(simulator: RunningSimulator) -> ConnectionSettings:
    """Settings that list the simulator's address; repetitions follow at once."""
    address = simulator.url.removeprefix("http://")
    return ConnectionSettings(listed_addresses=(address,), random=lambda: 0.0, call_seconds_maximum=30.0)


def open_sanity(
    simulator: RunningSimulator, settings: ConnectionSettings, token: str = EDITOR, **config: Any
) -> SanityProvider:
    """A provider of the simulator's dataset."""
    values = {
        "projectId": "simproject",
        "dataset": "production",
        "apiHost": simulator.url,
        "entityTypes": {"article": "post"},
    }
    integration = Integration("demo", "int_1", "sanity", "Blog", "active", {**values, **config}, (), 0, 0)
    provider = connect(integration, json.dumps({"token": token}).encode(), settings)
    assert isinstance(provider, SanityProvider)
    return provider


def outgoing(number: int, targets: dict[str, Any] | None = None, **changes: Any) -> OutgoingRecord:
    """The record of an article, all of it to be sent."""
    targets = targets or {
        "title": f"Title {number}",
        "slug.current": f"title-{number}",
        "body": f"<p>Body <strong>{number}</strong></p>",
        "seo.description": "Short",
    }
    values: dict[str, Any] = {
        "entity_id": f"article-{number}",
        "external_id": external_id_of_entity("demo", f"article-{number}"),
        "remote_type": "post",
        "targets": targets,
        "changed": frozenset(targets),
    }
    return OutgoingRecord(**{**values, **changes})


def sanity_kit(simulator: RunningSimulator) -> ServiceKit:
    """The kit."""

    def seed(records: int) -> list[str]:
        # Two hundred share each second, as after imports: the edges of pages fall in between.
        documents = [
            {
                "_id": f"post-{number:05}",
                "_type": "post",
                "_updatedAt": f"2026-01-31T12:{number // 12_000:02}:{number // 200 % 60:02}Z",
                "title": f"Title {number}",
            }
            for number in range(records)
        ]
        simulator.admin.seed(documents)
        return [document["_id"] for document in documents]

    def stored() -> dict[str, dict[str, Any]]:
        return {
            document["_id"]: {name: value for name, value in document.items() if name not in BOOKKEEPING}
            for document in simulator.admin.dump()
        }

    return ServiceKit(
        admin=simulator.admin,
        open_with=lambda settings, refused: open_sanity(simulator, settings, UNKNOWN if refused else EDITOR),
        settings=settings_for(simulator),
        secrets=(EDITOR, UNKNOWN),
        remote_types=("post",),
        first_check_path="/data/query/",
        record=outgoing,
        bad_record=lambda number: outgoing(number, external_id=f"-not an id-{number}"),
        requests_with_a_bad_record=2,
        push_path="/data/mutate/",
        pull_path="/data/query/",
        read_path="/data/doc/",
        delete_path="/data/mutate/",
        seed=seed,
        page_records=PAGE_RECORDS,
        stored=stored,
    )
