"""A transaction on its way, until the service says what became of it."""

from itertools import count

from integrations.providers.refusals import Recovery
from integrations.providers.retries import Repeatable, backoff_seconds
from integrations.providers.sanity.client import SanityClient
from integrations.providers.sanity.errors import SanityFault

ATTEMPTS_MAXIMUM = 5


def applied(
    client: SanityClient, body: bytes, deadline: float, *, repeatable: Repeatable = Repeatable.WHEN_ANSWERED
) -> str | SanityFault:
    """The transaction's id, or why it was refused whole; where other writers got in between, it is sent again. Raises
    `ServiceError`s."""
    settings = client.settings
    for attempt in count(1):
        result = client.mutate(body, deadline, repeatable=repeatable)
        if not isinstance(result, SanityFault) or result.recovery is not Recovery.REPEAT:
            return result
        wait_seconds = backoff_seconds(attempt, settings.random)
        if attempt >= ATTEMPTS_MAXIMUM or settings.monotonic() + wait_seconds >= deadline:
            raise result.error(changes=True)
        settings.sleep(wait_seconds)
    raise AssertionError("unreachable")  # pragma: no cover - `count` never ends
