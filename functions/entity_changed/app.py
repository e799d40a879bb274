"""Entities changed on the platform: integrations that push by themselves gather them."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.runtime.entity_changes import take_changes

logger = Logger()
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def take(record: SQSRecord) -> None:
    """One event of the entity store. What can't be read fails until it is a dead letter."""
    job_ids = take_changes(record.body)
    logger.info("changes gathered", extra={"job_ids": job_ids})


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """SQS batches of the bus's events, with partial responses."""
    return process_partial_response(event, take, processor, context)  # type: ignore[return-value]
