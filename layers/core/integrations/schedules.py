"""The schedules of integrations in EventBridge Scheduler: the adapter of `management.ports.Schedules`.

"CreateSchedule" in the EventBridge Scheduler API reference: names are unique within a group, an update replaces all
that it doesn't give again, and whoever makes a schedule passes it the role that it starts its target with.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from integrations.domain.errors import ConfigurationRefused, Unavailable
from integrations.domain.integration import SCHEDULE_REFUSED
from integrations.domain.scheduled_sync import ScheduledSync

WINDOW_MINUTES = 5
"""Starts are spread over as many: what is to run at each full hour doesn't all run in its first second."""
EVENT_AGE_MAXIMUM_SECONDS = 900
"""How long a start that fails is tried again: a late one is as good as the next one."""
ATTEMPTS_MAXIMUM = 3
_SHORT_RATE = re.compile(r"rate\([1-9] minutes?\)")


class SchedulerClient(Protocol):
    """What is used of boto3's EventBridge Scheduler client."""

    def create_schedule(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""

    def update_schedule(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""

    def delete_schedule(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """The group that the schedules are in, the ARN of the function that they start, and of the role they do it with."""

    group: str
    target_arn: str
    role_arn: str


class ScheduleStore:
    """One schedule at most for each integration; its target is told what the integration's record said."""

    def __init__(self, client: SchedulerClient, settings: ScheduleSettings) -> None:
        self._client = client
        self._settings = settings

    def put(self, wanted: ScheduledSync) -> None:
        """Makes the schedule, or makes it say this. Raises `ConfigurationRefused` for one that the scheduler doesn't
        take, `Unavailable`."""
        for _ in range(ATTEMPTS_MAXIMUM):
            if self._called("update_schedule", "ResourceNotFoundException", **self._parameters(wanted)):
                return
            if self._called("create_schedule", "ConflictException", **self._parameters(wanted)):
                return
        raise Unavailable(f"the schedule of {wanted.integration_id} comes and goes; try again")

    def remove(self, project_id: str, integration_id: str) -> None:
        """One that is gone already is no failure. Raises `Unavailable`."""
        name = schedule_name(project_id, integration_id)
        self._called("delete_schedule", "ResourceNotFoundException", Name=name, GroupName=self._settings.group)

    def _called(self, operation: str, unfit: str, **parameters: object) -> bool:
        """False for the answer `unfit`."""
        try:
            getattr(self._client, operation)(**parameters)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == unfit:
                return False
            if code == "ValidationException":
                said = error.response["Error"].get("Message", "")[:300]
                raise ConfigurationRefused(f"EventBridge Scheduler refused it: {said}", code=SCHEDULE_REFUSED) from None
            raise Unavailable(f"the scheduler did not take a schedule: {code}") from error
        except BotoCoreError as error:
            raise Unavailable(f"the scheduler did not take a schedule: {type(error).__name__}") from error
        return True

    def _parameters(self, wanted: ScheduledSync) -> dict[str, object]:
        schedule, expression = dict(wanted.schedule), wanted.schedule["expression"]
        start = {"projectId": wanted.project_id, "integrationId": wanted.integration_id, "schedule": schedule}
        return {
            "Name": schedule_name(wanted.project_id, wanted.integration_id),
            "GroupName": self._settings.group,
            "Description": f"Syncs of {wanted.integration_id} of the project {wanted.project_id}"[:512],
            "ScheduleExpression": expression,
            "ScheduleExpressionTimezone": schedule.get("timezone", "UTC"),
            "FlexibleTimeWindow": {
                "Mode": "FLEXIBLE",
                "MaximumWindowInMinutes": _window_minutes(expression),
            },
            "State": "ENABLED" if wanted.runs else "DISABLED",
            "Target": {
                "Arn": self._settings.target_arn,
                "RoleArn": self._settings.role_arn,
                "Input": json.dumps(start, ensure_ascii=False, separators=(",", ":")),
                "RetryPolicy": {"MaximumEventAgeInSeconds": EVENT_AGE_MAXIMUM_SECONDS},
            },
        }


def schedule_name(project_id: str, integration_id: str) -> str:
    """Names have 64 characters of a few kinds: it begins with the integration's id, for people, and is distinct."""
    readable = re.sub(r"[^0-9A-Za-z_.-]", "-", integration_id)[:31]
    distinct = hashlib.sha256(f"{project_id}#{integration_id}".encode()).hexdigest()[:32]
    return f"{readable}-{distinct}"


def _window_minutes(expression: str) -> int:
    return 1 if _SHORT_RATE.fullmatch(expression) else WINDOW_MINUTES
