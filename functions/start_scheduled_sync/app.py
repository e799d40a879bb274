"""An integration's schedule has come to its time: its sync is stored as a job."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.runtime.scheduled_syncs import start

logger = Logger()


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, str | None]:
    """Takes the schedule's input. A failure is tried again by Lambda, twice; a start that is lost, the next one makes
    good."""
    started = start(event)
    place = {"project_id": event["projectId"], "integration_id": event["integrationId"]}
    said = {"outcome": started.outcome, "job_id": started.job_id}
    logger.info("scheduled sync", extra={**place, **said, "reason": started.message})
    return said
