"""The API's log: structured, under the gateway's request id."""

from functools import cache

from aws_lambda_powertools import Logger


@cache
def log() -> Logger:
    """The one logger, named by POWERTOOLS_SERVICE_NAME. Nobody gives it an event, a body or a secret."""
    return Logger(serialize_stacktrace=False)
