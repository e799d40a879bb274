"""PostHog's own Python client sends to the simulator, and understands what it answers."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from posthog import Posthog
from posthog.request import APIError

from tests.simulators.process import RunningSimulator, start_simulator

MOMENT = datetime(2026, 1, 1, 12, tzinfo=UTC)
EVENT_UUID = "2f1d3c4e-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def process() -> Iterator[RunningSimulator]:
    with start_simulator("posthog") as simulator:
        yield simulator


@pytest.fixture
def simulator(process: RunningSimulator) -> RunningSimulator:
    process.admin.reset()
    return process


@pytest.fixture
def client(simulator: RunningSimulator) -> Iterator[Callable[..., Posthog]]:
    made: list[Posthog] = []

    def make(token: str = "phc_sim", **options: Any) -> Posthog:
        chosen = {"flush_at": 100, "flush_interval": 0.05, "max_retries": 3, "gzip": True, **options}
        made.append(Posthog(token, host=simulator.url, **chosen))
        return made[-1]

    yield make
    for each in made:
        each.shutdown()


def sent(simulator: RunningSimulator) -> list[dict[str, Any]]:
    return simulator.admin.dump(kind="events")


def test_events_go_in_batches_of_gzip_and_keep_their_uuid_and_time(
    simulator: RunningSimulator, client: Callable[..., Posthog]
) -> None:
    posthog = client(flush_interval=0.5)
    posthog.capture("published", distinct_id="u1", uuid=EVENT_UUID, timestamp=MOMENT, properties={"title": "T"})
    for number in range(149):
        posthog.capture("read", distinct_id=f"u{number}", timestamp=MOMENT, properties={"n": number})
    posthog.flush()
    sizes = [entry["events"] for entry in simulator.admin.requests(path="/batch/")]
    # The client also sends when its interval is over, however many there are.
    assert (sum(sizes), max(sizes) <= 100, len(sizes) < 10) == (150, True, True)
    (published,) = [each for each in sent(simulator) if each["event"] == "published"]
    assert (published["uuid"], published["distinct_id"], published["properties"]["title"]) == (EVENT_UUID, "u1", "T")
    # The client says when it sent, so the time is corrected by what the request took.
    drift = datetime.fromisoformat(published["timestamp"]) - MOMENT
    assert timedelta(0) <= drift < timedelta(seconds=5)
    assert len(sent(simulator)) == 150
    assert all(UUID(each["uuid"]) for each in sent(simulator))


def test_a_lost_acknowledgement_is_sent_again_and_collapses(
    simulator: RunningSimulator, client: Callable[..., Posthog]
) -> None:
    simulator.admin.add_fault("reset_after", match={"path": "/batch/"})
    simulator.admin.add_fault("status", status=503, reason="capture", match={"path": "/batch/", "nth": 2})
    posthog = client()
    posthog.capture("published", distinct_id="u1", uuid=EVENT_UUID, timestamp=MOMENT)
    posthog.flush()
    uuids = [entry["uuids"] for entry in simulator.admin.requests(path="/batch/")]
    assert uuids == [[EVENT_UUID]] * 3
    assert len({(each["uuid"], each["timestamp"][:10]) for each in sent(simulator)}) == 1


def test_an_unknown_token_looks_like_success_and_a_personal_key_does_not(
    simulator: RunningSimulator, client: Callable[..., Posthog]
) -> None:
    failures: list[Exception] = []
    for token in ("phc_mistyped", "phx_sim"):
        posthog = client(token, on_error=lambda error, _: failures.append(error))
        posthog.capture("published", distinct_id="u1")
        posthog.flush()
    assert sent(simulator) == []
    assert [entry["status"] for entry in simulator.admin.requests()] == [200, 401]
    (failure,) = failures
    assert isinstance(failure, APIError)
    assert "API key is not valid: personal_api_key" in str(failure)


def test_properties_make_persons_and_an_alias_merges_them(
    simulator: RunningSimulator, client: Callable[..., Posthog]
) -> None:
    posthog = client()
    posthog.set(distinct_id="u1", properties={"plan": "pro"})
    posthog.set_once(distinct_id="u1", properties={"plan": "free", "first": "a"})
    posthog.alias(previous_id="u1", distinct_id="u2")
    posthog.flush()
    (person,) = simulator.admin.dump(kind="persons")
    assert sorted(person["distinct_ids"]) == ["u1", "u2"]
    assert person["properties"] == {"plan": "pro", "first": "a"}


def test_a_backfill_takes_the_lane_of_backfills(simulator: RunningSimulator, client: Callable[..., Posthog]) -> None:
    simulator.admin.configure(historicalDelaySeconds=60)
    posthog = client(historical_migration=True)
    posthog.capture("published", distinct_id="u1", timestamp=MOMENT)
    posthog.flush()
    assert simulator.admin.requests()[0]["historicalMigration"] is True
    assert sent(simulator) == []
    assert simulator.admin.settle() == 1
    assert sent(simulator)[0]["historical_migration"] is True


def test_over_quota_the_client_sees_success(simulator: RunningSimulator, client: Callable[..., Posthog]) -> None:
    simulator.admin.configure(quotaLimited="events")
    failures: list[Exception] = []
    posthog = client(on_error=lambda error, _: failures.append(error))
    posthog.capture("published", distinct_id="u1")
    posthog.flush()
    assert (failures, sent(simulator)) == ([], [])
