"""Says which wake-ups failed too often. They stay in their queue, where a person finds them, and no job is changed: the
recovery wakes their lines anyway.
"""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.runtime.dead_letters import waiting_dead_letters

logger = Logger()
metrics = Metrics(namespace="Integrations")


@logger.inject_lambda_context
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Runs every five minutes. The alarm stands on the queue itself."""
    message_ids = waiting_dead_letters()
    metrics.add_metric("DeadLetters", MetricUnit.Count, len(message_ids))
    if message_ids:
        logger.error("dead letters wait", extra={"message_ids": message_ids})
    return {"waiting": len(message_ids)}
