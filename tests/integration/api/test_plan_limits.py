"""The plan's limit through the handlers: where it stands among the refusals, and that nothing else depends on it."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from integrations.api.envelopes import ErrorAnswer
from integrations.domain.plan_rate import rate_of
from integrations.runtime.api import services
from integrations.storage import keys
from integrations.storage.table import Table
from tests.api_world import JSON, World
from tests.integration.api.conftest import LogLines
from tests.integration.api.gateway import Answer, request
from tests.refusals import ENDPOINTS


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time stands, unless a test moves it."""
    time_ms = [time.time_ns() // 1_000_000]
    monkeypatch.setattr("integrations.runtime.api.ApiServices.now", lambda _: time_ms[0])
    return time_ms


def call(world: World, method: str = "GET", path: str = "/jobs", key: str = "free", **headers: str) -> Answer:
    body = headers.pop("body", None)
    sent = {"Authorization": f"Bearer {world.keys[key]}", **{n.replace("_", "-"): v for n, v in headers.items()}}
    return request(method, path, sent | (JSON if body else {}), body)


def use_up(world: World) -> None:
    rate = rate_of("free")
    assert rate
    for _ in range(rate.burst):
        assert services().plan_buckets.take(world.ours, "free", rate, services().now()) == 0


def test_ten_calls_pass_at_once_and_the_next_is_told_to_wait(world: World, still: list[int]):
    assert [call(world).status for _ in range(10)] == [200] * 10
    answer = call(world)
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (429, "rate_limited", "1")
    answer.require(ErrorAnswer)
    still[0] += 1_000
    assert [call(world).status, call(world).status] == [200, 429]


@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_endpoint_is_limited_before_it_does_anything(
    name: str, world: World, items: Callable[[World], list[dict[str, Any]]]
):
    method, path, _ = ENDPOINTS[name]
    use_up(world)
    before = items(world)
    assert call(world, method, path).code == "rate_limited"
    assert items(world) == before


def test_all_keys_of_a_plan_share_the_projects_bucket_and_other_plans_have_theirs(world: World):
    use_up(world)
    assert call(world, key="free-read").status == 429
    assert call(world, key="read").status == 200


def test_what_is_refused_at_the_door_is_refused_first_and_costs_nothing(world: World):
    for _ in range(15):
        assert call(world, X_Project_Id="nobodys").code == "project_not_found"
        assert call(world, "GET", "/integrations/int_active", key="free-read").code == "insufficient_permission"
    use_up(world)
    assert call(world, X_Project_Id="nobodys").code == "project_not_found"
    assert call(world, "GET", "/integrations/int_active", key="free-read").code == "insufficient_permission"


def test_what_is_asked_for_is_looked_at_after(world: World):
    use_up(world)
    assert call(world, "GET", "/integrations/int_nobody").code == "rate_limited"
    assert call(world, "POST", "/integrations/int_active/sync", body="{").code == "rate_limited"


def test_a_call_passes_while_the_table_cannot_count_it(
    world: World, monkeypatch: pytest.MonkeyPatch, log_lines: LogLines
):
    use_up(world)
    write = Table.write

    def unreachable(table: Table, action: Any) -> None:
        if getattr(action, "key", None) == keys.plan_bucket(world.ours, "free"):
            from botocore.exceptions import EndpointConnectionError

            raise EndpointConnectionError(endpoint_url="https://dynamodb.test")
        write(table, action)

    monkeypatch.setattr(Table, "write", unreachable)
    assert call(world).status == 200
    assert "isn't counted" in json.dumps(log_lines())
