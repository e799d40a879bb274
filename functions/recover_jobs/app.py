"""Wakes every line that is overdue: lost messages, dead workers, long waits. Tells events, and the
scheduler, what nobody told.
"""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.runtime.recovery import recover

logger = Logger()


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Runs each minute."""
    done = recover()
    logger.info("recovered", extra=done)
    return done
