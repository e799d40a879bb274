"""Works on the line that a wake-up names."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.queue import wake_up_of
from integrations.runtime.worker import worker_runtime

logger = Logger()
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def work(record: SQSRecord, lambda_context: LambdaContext) -> None:
    """One slice. An unexpected error leaves the message and the lease to run out."""
    project_id, integration_id = wake_up_of(record.body)
    report = worker_runtime().look(
        project_id, integration_id, lambda_context.aws_request_id, lambda_context.get_remaining_time_in_millis()
    )
    logger.info(
        "slice ended",
        extra={
            "project_id": project_id,
            "integration_id": integration_id,
            "job_id": report.job_id,
            "end": report.end,
            "completed": report.progress.completed,
            "failed": report.progress.failed,
        },
    )


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """SQS batches of one, with partial responses."""
    return process_partial_response(event, work, processor, context)  # type: ignore[return-value]
