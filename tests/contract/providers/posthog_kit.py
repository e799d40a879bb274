"""PostHog as the conformance suite needs it, around its simulator."""

import json
from typing import Any

from integrations.domain.integration import Integration
from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import OutgoingRecord
from integrations.providers.posthog.pages import PAGE_RECORDS
from integrations.providers.posthog.provider import PostHogProvider
from integrations.providers.registry import connect
from tests.contract.providers.kit import ServiceKit
from tests.simulators.process import RunningSimulator

KEY, TOKEN, UNKNOWN = "phx_sim", "phc_sim", "phx_no_such_key"
CAPTURE, PERSONS, QUERY = "/batch/", "/persons/", "/query/"
EVENT_BYTES = 5_000
UPDATED_AT = 1_767_225_600_000  # 2026-01-01T00:00:00Z


def settings_for(simulator: RunningSimulator) -> ConnectionSettings:
    """Settings that list the simulator's address; repetitions follow at once."""
    address = simulator.url.removeprefix("http://")
    return ConnectionSettings(listed_addresses=(address,), random=lambda: 0.0, call_seconds_maximum=30.0)


def open_posthog(
    simulator: RunningSimulator, settings: ConnectionSettings, key: str = KEY, token: str = TOKEN, **config: Any
) -> PostHogProvider:
    """A provider of the simulator's project."""
    values = {"projectId": "12345", "apiHost": simulator.url, "entityTypes": {"reader": "person"}}
    integration = Integration("demo", "int_1", "posthog", "Product", "active", {**values, **config}, (), 0, 0)
    credentials = json.dumps({"personalApiKey": key, "projectToken": token}).encode()
    provider = connect(integration, credentials, settings)
    assert isinstance(provider, PostHogProvider)
    return provider


def person(number: int, targets: dict[str, Any] | None = None, **changes: Any) -> OutgoingRecord:
    """A reader on the way out, all of it to be sent."""
    distinct_id = f"reader-{number}"
    targets = {"distinct_id": distinct_id, **(targets or {"properties.email": f"{distinct_id}@example.com"})}
    values: dict[str, Any] = {
        "entity_id": f"entity-{number}",
        "external_id": distinct_id,
        "remote_type": "person",
        "targets": targets,
        "changed": frozenset(targets),
        "updated_at": UPDATED_AT + number,
    }
    return OutgoingRecord(**{**values, **changes})


def event(number: int, targets: dict[str, Any] | None = None, **changes: Any) -> OutgoingRecord:
    """An article that was published, on the way out."""
    given = {"distinct_id": "author-1", "properties.title": f"Title {number}", **(targets or {})}
    values = {"external_id": f"e-{number}", "remote_type": "event:article_published", **changes}
    return person(number, given, **values)


def _refuse(simulator: RunningSimulator) -> str:
    """Capture knows no key from another by more than its form, so it has to be told."""
    simulator.admin.add_fault("status", status=401, reason="capture", count=None, match={"path": CAPTURE})
    return UNKNOWN


def posthog_kit(simulator: RunningSimulator) -> ServiceKit:
    """The kit, of persons."""
    simulator.admin.configure(batchedEventBytes=EVENT_BYTES)

    def seed(records: int) -> list[str]:
        persons = [
            {
                "distinct_ids": [f"person-{number:05}", f"device-{number:05}"],
                "created_at": f"2026-01-31T12:{number // 60 % 60:02}:{number % 60:02}.123456Z",
                "properties": {"plan": "pro"},
            }
            for number in range(records)
        ]
        simulator.admin.seed(persons)
        return [each["distinct_ids"][0] for each in persons]

    def stored() -> dict[str, dict[str, Any]]:
        return {each["distinct_ids"][0]: each["properties"] for each in simulator.admin.dump(kind="persons")}

    return ServiceKit(
        admin=simulator.admin,
        open_with=lambda settings, refused: open_posthog(simulator, settings, _refuse(simulator) if refused else KEY),
        settings=settings_for(simulator),
        secrets=(KEY, TOKEN, UNKNOWN),
        remote_types=("person",),
        first_check_path="/api/projects/",
        record=person,
        bad_record=lambda number: person(number, {"properties.bio": "x" * EVENT_BYTES}),
        requests_with_a_bad_record=11,
        push_path=CAPTURE,
        pull_path=PERSONS,
        read_path=QUERY,
        seed=seed,
        page_records=PAGE_RECORDS,
        stored=stored,
        push_is_idempotent=True,
        has_change_feed=False,
    )
