"""The scheduler is told what an integration's record says, once or again."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from integrations.domain.errors import ConfigurationRefused, Unavailable
from integrations.domain.scheduled_sync import ScheduledSync
from integrations.schedules import ScheduleSettings, ScheduleStore, schedule_name

SETTINGS = ScheduleSettings("group", "arn:function", "arn:role")
SCHEDULE = {"expression": "cron(0 8 ? * MON-FRI *)", "timezone": "Europe/Berlin", "direction": "pull"}
WANTED = ScheduledSync("demo", "int_one", SCHEDULE, runs=True)


class Client:
    """Answers with errors by code as long as there are some, then with success."""

    def __init__(self, answers: Mapping[str, Sequence[str | Exception]] | None = None) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._answers = {name: list(errors) for name, errors in (answers or {}).items()}

    def create_schedule(self, **parameters: object) -> dict[str, Any]:
        return self._answer("create", parameters)

    def update_schedule(self, **parameters: object) -> dict[str, Any]:
        return self._answer("update", parameters)

    def delete_schedule(self, **parameters: object) -> dict[str, Any]:
        return self._answer("delete", parameters)

    def _answer(self, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self.calls.append((name, parameters))
        errors = self._answers.get(name)
        if not errors:
            return {}
        error = errors.pop(0)
        raise (ClientError({"Error": {"Code": error, "Message": "no"}}, name) if isinstance(error, str) else error)

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.calls]


def test_a_schedule_starts_our_function_with_what_the_record_says():
    client = Client()
    ScheduleStore(client, SETTINGS).put(WANTED)
    [(name, given)] = client.calls
    assert (name, given["Name"], given["GroupName"]) == ("update", schedule_name("demo", "int_one"), "group")
    assert (given["ScheduleExpression"], given["ScheduleExpressionTimezone"]) == (
        SCHEDULE["expression"],
        "Europe/Berlin",
    )
    assert given["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}
    assert (given["State"], given["Target"]["Arn"], given["Target"]["RoleArn"]) == (
        "ENABLED",
        "arn:function",
        "arn:role",
    )
    said = json.loads(given["Target"]["Input"])
    assert said == {"projectId": "demo", "integrationId": "int_one", "schedule": SCHEDULE}


def test_an_inactive_integrations_schedule_is_kept_and_rests():
    client = Client()
    ScheduleStore(client, SETTINGS).put(ScheduledSync("demo", "int_one", {"expression": "rate(1 hour)"}, runs=False))
    given = client.calls[0][1]
    assert (given["State"], given["ScheduleExpressionTimezone"]) == ("DISABLED", "UTC")


@pytest.mark.parametrize(
    ("expression", "minutes"), [("rate(1 minute)", 1), ("rate(9 minutes)", 1), ("rate(10 minutes)", 5)]
)
def test_starts_are_spread_over_less_than_the_time_between_them(expression: str, minutes: int):
    client = Client()
    ScheduleStore(client, SETTINGS).put(ScheduledSync("demo", "int_one", {"expression": expression}, runs=True))
    assert client.calls[0][1]["FlexibleTimeWindow"]["MaximumWindowInMinutes"] == minutes


def test_a_schedule_that_isnt_there_is_made_and_one_that_comes_meanwhile_changed():
    client = Client({"update": ["ResourceNotFoundException"] * 2, "create": ["ConflictException"]})
    ScheduleStore(client, SETTINGS).put(WANTED)
    assert client.names == ["update", "create", "update", "create"]


def test_one_that_comes_and_goes_is_left_for_later():
    client = Client({"update": ["ResourceNotFoundException"] * 9, "create": ["ConflictException"] * 9})
    with pytest.raises(Unavailable, match="comes and goes"):
        ScheduleStore(client, SETTINGS).put(WANTED)


def test_what_the_scheduler_does_not_take_says_why():
    with pytest.raises(ConfigurationRefused, match="no") as refusal:
        ScheduleStore(Client({"update": ["ValidationException"]}), SETTINGS).put(WANTED)
    assert refusal.value.code == "schedule_refused"


@pytest.mark.parametrize("error", ["ThrottlingException", ConnectTimeoutError(endpoint_url="https://scheduler.test")])
def test_a_scheduler_that_cant_be_reached_is_unavailable(error: str | Exception):
    store = ScheduleStore(Client({"update": [error], "delete": [error]}), SETTINGS)
    with pytest.raises(Unavailable):
        store.put(WANTED)
    with pytest.raises(Unavailable):
        store.remove("demo", "int_one")


def test_removing_what_is_gone_is_no_failure():
    client = Client({"delete": ["ResourceNotFoundException"]})
    ScheduleStore(client, SETTINGS).remove("demo", "int_one")
    assert client.calls == [("delete", {"Name": schedule_name("demo", "int_one"), "GroupName": "group"})]


def test_names_are_readable_and_distinct_and_what_the_scheduler_allows():
    names = {schedule_name(project, id) for project in ("a", "b") for id in ("int_one", "int_one#", "x" * 200)}
    assert len(names) == 6
    assert all(len(name) <= 64 for name in names)
    assert schedule_name("demo", "int_one").startswith("int_one-")
    assert schedule_name("demo", "ü/1").startswith("--1-")
