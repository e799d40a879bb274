"""Where botocore's errors become ours: outages are `Unavailable`; refusals by a condition are for the caller.

Anything else (a missing permission, a malformed request) is a fault of ours and stays as it is, so that it is seen.
Error codes: "Error handling with DynamoDB" in the Amazon DynamoDB developer guide, "Common errors" in the AWS KMS API.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError

from integrations.domain.errors import Unavailable

_TRANSIENT = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
    }
)


@contextmanager
def outages_as_unavailable(service: str) -> Iterator[None]:
    """Raises `Unavailable` where the service did not answer, was overloaded or failed; names no data."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        outage = outage_of(service, error)
        if outage is None:
            raise
        raise outage from error


def outage_of(service: str, error: BotoCoreError | ClientError) -> Unavailable | None:
    """The error as `Unavailable`, if that is what it says."""
    if isinstance(error, ConnectionError | HTTPClientError):
        return Unavailable(f"{service} can't be reached: {type(error).__name__}")
    if isinstance(error, ClientError) and _is_transient(error):
        return Unavailable(f"{service} could not answer: {error_code(error)}")
    return None


def error_code(error: ClientError) -> str:
    """The service's code for what went wrong."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _is_transient(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error_code(error) in _TRANSIENT or status >= 500
