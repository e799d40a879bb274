"""Notebook, the example of `docs/adding-a-provider.md`, as the conformance suite needs it."""

import json
from typing import Any

from integrations.domain.identity import external_id_of_entity
from integrations.domain.integration import Integration
from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import OutgoingRecord, Provider
from integrations.providers.registry import connect
from tests.contract.providers.kit import ServiceKit
from tests.examples.notebook.provider import NOTES_PER_PAGE
from tests.simulators.process import RunningSimulator

TOKEN, UNKNOWN = "sim-token", "no-such-token"


def _open(simulator: RunningSimulator, settings: ConnectionSettings, token: str) -> Provider:
    config = {"apiHost": simulator.url, "entityTypes": {"article": "note"}}
    integration = Integration("demo", "int_1", "notebook", "Notes", "active", config, (), 0, 0)
    return connect(integration, json.dumps({"token": token}).encode(), settings)


def outgoing(number: int, title: str = "") -> OutgoingRecord:
    """A note, all of it to be sent."""
    targets: dict[str, Any] = {"title": title or f"Title {number}", "meta.pages": number}
    entity_id = f"article-{number}"
    external_id = external_id_of_entity("demo", entity_id)
    return OutgoingRecord(entity_id, external_id, "note", targets, frozenset(targets))


def notebook_kit(simulator: RunningSimulator) -> ServiceKit:
    """The kit."""

    def seed(records: int) -> list[str]:
        notes = [{"id": f"note-{number:05}", "title": f"Title {number}"} for number in range(records)]
        simulator.admin.seed(notes)
        return [note["id"] for note in notes]

    def stored() -> dict[str, dict[str, Any]]:
        return {note["id"]: {**note, "changed": None} for note in simulator.admin.dump()}

    address = simulator.url.removeprefix("http://")
    return ServiceKit(
        admin=simulator.admin,
        open_with=lambda settings, refused: _open(simulator, settings, UNKNOWN if refused else TOKEN),
        settings=ConnectionSettings(listed_addresses=(address,), random=lambda: 0.0, call_seconds_maximum=30.0),
        secrets=(TOKEN, UNKNOWN),
        remote_types=("note",),
        first_check_path="/v1/me",
        record=outgoing,
        bad_record=lambda number: outgoing(number, title="x" * 201),
        requests_with_a_bad_record=1,
        push_path="/v1/notes",
        pull_path="/v1/notes",
        read_path="/v1/notes",
        seed=seed,
        page_records=NOTES_PER_PAGE,
        stored=stored,
    )
