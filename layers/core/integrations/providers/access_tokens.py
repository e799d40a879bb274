"""Access tokens that a service lends for an hour: kept in memory, and fetched once for all threads that need one."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from pydantic import SecretStr

from integrations.domain.errors import RetryLater

USED_SHARE_OF_LIFE = 0.8
"""A token is replaced before its end, so that none ends on its way to the service."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token, and when to replace it: Unix seconds, since a suspended process's monotonic clock may stand still."""

    secret: SecretStr
    replace_at: float

    @classmethod
    def lent(cls, secret: str, now: float, seconds: float) -> "AccessToken":
        """The token that the service gave at `now` for so many seconds."""
        return cls(SecretStr(secret), now + USED_SHARE_OF_LIFE * seconds)


class AccessTokenCache:
    """The tokens of one process. `key` is a hash of the credentials and of what the token is for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[str, Future[AccessToken]] = {}

    def token(
        self,
        key: str,
        now: float,
        fetch: Callable[[], AccessToken],
        *,
        wait_seconds_maximum: float,
        refused: AccessToken | None = None,
    ) -> AccessToken:
        """A token to use at `now` (Unix seconds), other than the one that the service `refused`.

        Who comes while another fetches waits for it, and gets its failure too: what is refused once isn't asked for
        by each thread anew. Raises what `fetch` does, `RetryLater` when the wait is too long."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None and _is_usable(flight, now, refused):
                is_mine = False
            else:
                is_mine, flight = True, Future()
                self._flights = {k: f for k, f in self._flights.items() if _is_usable(f, now)} | {key: flight}
        if is_mine:
            _land(flight, fetch)
        try:
            return flight.result(wait_seconds_maximum)
        except TimeoutError:
            message = "another call has been waiting too long for an access token"
        raise RetryLater(message, code="out_of_time")


def _land(flight: "Future[AccessToken]", fetch: Callable[[], AccessToken]) -> None:
    try:
        flight.set_result(fetch())
    except BaseException as error:  # noqa: BLE001 - whatever it is, those who wait must not wait for ever
        flight.set_exception(error)


def _is_usable(flight: "Future[AccessToken]", now: float, refused: AccessToken | None = None) -> bool:
    if not flight.done():
        return True
    if flight.exception() is not None:
        return False
    token = flight.result()
    return now < token.replace_at and token != refused
