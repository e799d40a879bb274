"""The one way out to a service: bounded in time, size and repetitions, to a checked address, without redirects."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

import httpx
from pydantic import SecretStr

from integrations.domain.errors import OutcomeUnknown, PayloadTooLarge, RetryLater
from integrations.providers.addresses import Origin, is_listed, refuse_foreign
from integrations.providers.calls import NoAnswer, ServiceAnswer, ServiceCall
from integrations.providers.connection import ConnectionSettings
from integrations.providers.pacing import Pacer, RateLimit, SlidingWindowPacer
from integrations.providers.pinning import PinnedTransport
from integrations.providers.redaction import redacted
from integrations.providers.retries import Repeatable, backoff_seconds, is_repeatable_answer, parse_retry_after

_LOG = logging.getLogger(__name__)
_CONNECT_SECONDS_MAXIMUM = 5.0
_CONNECTIONS_MAXIMUM = 20
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.LocalProtocolError)
_USER_AGENT = "wiserows-integrations"


class ServiceClient:
    """Calls one address of one service. Raises `ServiceError`s only; what an answer's status means is the caller's.

    `own_hosts` are the service's; any other address must be listed by the deployment (`ConfigurationRefused`).
    `secrets` are kept out of every text by `redact`.
    """

    def __init__(
        self,
        service: str,
        origin: Origin,
        own_hosts: Sequence[str],
        settings: ConnectionSettings,
        *,
        headers: Mapping[str, str],
        secrets: Sequence[SecretStr] = (),
    ) -> None:
        refuse_foreign(origin, own_hosts, settings.listed_addresses)
        self.service = service
        self.settings = settings
        self._origin = origin
        self._secrets = tuple(secrets)
        self._pacer: Pacer = settings.pacer or SlidingWindowPacer(settings.monotonic, settings.sleep)
        self._client = httpx.Client(
            base_url=str(origin),
            headers={"User-Agent": _USER_AGENT, "Accept-Encoding": "gzip", **headers},
            transport=_transport(origin, settings),
            follow_redirects=False,
            trust_env=False,
        )
        logging.getLogger("httpx").addFilter(_without_query)
        # At DEBUG it logs the headers that come and go, whoever turned that on.
        logging.getLogger("httpcore").setLevel(logging.INFO)

    def send(self, call: ServiceCall, deadline: float) -> ServiceAnswer:
        """The answer, after the repetitions that are safe and fit before `deadline` (monotonic clock).

        Raises `RetryLater` or `OutcomeUnknown` when none came, `RateLimited` when our own limiter has no turn in time,
        `PayloadTooLarge` for a body over the limit."""
        unknown = False
        for attempt in count(1):
            result = self._attempt(call, deadline, unknown)
            wait_seconds = self._wait_before_repeating(call, result, attempt, deadline)
            if wait_seconds is None:
                return self._settled(call, result, unknown)
            unknown = unknown or self._may_be_applied(call, result)
            self._log_repetition(call, result, attempt, wait_seconds)
            self.settings.sleep(wait_seconds)
        raise AssertionError("unreachable")  # pragma: no cover - `count` never ends

    def learn(self, limit: RateLimit, *, calls: int | None, remaining: int | None) -> None:
        """Passes on what the service's headers say of a limit."""
        self._pacer.learn(limit, calls=calls, remaining=remaining)

    def redact(self, text: str) -> str:
        """The text without any of the connection's secrets."""
        return redacted(text, self._secrets)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _attempt(self, call: ServiceCall, deadline: float, earlier_unknown: bool) -> ServiceAnswer | NoAnswer:
        remaining_seconds = deadline - self.settings.monotonic()
        if remaining_seconds <= 0:
            error = OutcomeUnknown if earlier_unknown else RetryLater
            raise error(f"no time was left to call {self.service} ({call.purpose})", code="out_of_time")
        self._pacer.wait_for_turn(call.limits, remaining_seconds)
        try:
            return self._exchange(call, deadline)
        except httpx.HTTPError as error:
            # Only the failure's name goes on: the exception itself holds the request with its credentials.
            reason, sent = type(error).__name__, not isinstance(error, _NOT_SENT)
            timed_out = isinstance(error, httpx.TimeoutException)
        return NoAnswer(self.service, call.purpose, reason, sent, timed_out)

    def _exchange(self, call: ServiceCall, deadline: float) -> ServiceAnswer:
        timeouts = _Timeouts(self.settings, deadline)
        with self._client.stream(
            call.method, call.path, content=call.body, headers=call.headers, extensions={"timeout": timeouts}
        ) as response:
            body = self._read(call, response, deadline)
            retry_after = parse_retry_after(response.headers.get("retry-after"), self.settings.unix_time())
            return ServiceAnswer(response.status_code, response.headers, body, retry_after)

    def _read(self, call: ServiceCall, response: httpx.Response, deadline: float) -> bytes:
        chunks, size = [], 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > self.settings.response_bytes_maximum:
                error = PayloadTooLarge if call.repeatable is Repeatable.ALWAYS else OutcomeUnknown
                limit = self.settings.response_bytes_maximum
                raise error(f"{self.service} answered more than {limit:,} bytes ({call.purpose})")
            if self.settings.monotonic() > deadline:
                raise httpx.ReadTimeout("the answer took too long to arrive", request=response.request)
            chunks.append(chunk)
        return b"".join(chunks)

    def _wait_before_repeating(
        self, call: ServiceCall, result: ServiceAnswer | NoAnswer, attempt: int, deadline: float
    ) -> float | None:
        """The seconds to wait before the call may be repeated here, or None if it may not."""
        if attempt >= (call.attempts_maximum or self.settings.attempts_maximum) or not _is_repeatable(call, result):
            return None
        wait_seconds = backoff_seconds(attempt, self.settings.random)
        if isinstance(result, ServiceAnswer):
            if result.status == 429 and result.retry_after_seconds is None:
                wait_seconds += max((limit.window_seconds for limit in call.limits), default=0.0)
            wait_seconds = max(wait_seconds, result.retry_after_seconds or 0.0)
            if result.status == 429:
                self._pacer.hold_off(call.limits, wait_seconds)
        return wait_seconds if self.settings.monotonic() + wait_seconds < deadline else None

    def _settled(self, call: ServiceCall, result: ServiceAnswer | NoAnswer, unknown: bool) -> ServiceAnswer:
        if isinstance(result, ServiceAnswer):
            return replace(result, earlier_unknown=unknown)
        raise result.error(may_be_applied=unknown or self._may_be_applied(call, result))

    def _may_be_applied(self, call: ServiceCall, result: ServiceAnswer | NoAnswer) -> bool:
        if call.repeatable is Repeatable.ALWAYS:
            return False
        return result.sent if isinstance(result, NoAnswer) else result.status not in (429, 503)

    def _log_repetition(
        self, call: ServiceCall, result: ServiceAnswer | NoAnswer, attempt: int, wait_seconds: float
    ) -> None:
        what = f"answered {result.status}" if isinstance(result, ServiceAnswer) else f"gave no answer ({result.reason})"
        _LOG.info("%s %s to %s, attempt %d; again in %.1f s", self.service, what, call.purpose, attempt, wait_seconds)


class _Timeouts(dict[str, float]):
    """The time limits of a call's steps (https://www.python-httpx.org/advanced/extensions/#timeout), each looked up
    when its step begins: together they keep the deadline. A quarter of what is left goes to connecting at most."""

    def __init__(self, settings: ConnectionSettings, deadline: float) -> None:
        step = settings.service_timeout_seconds
        connect = min(step, _CONNECT_SECONDS_MAXIMUM)
        super().__init__(connect=connect, pool=connect, read=step, write=step)
        self._settings = settings
        self._deadline = deadline

    def get(self, key: str, default: float | None = None) -> float | None:  # type: ignore[override]
        """Seconds for the step named `key`, from now on."""
        if key not in self:
            return default
        remaining = max(self._deadline - self._settings.monotonic(), 0.001)
        return min(self[key], remaining / 4 if key in ("connect", "pool") else remaining)


def _is_repeatable(call: ServiceCall, result: ServiceAnswer | NoAnswer) -> bool:
    if isinstance(result, ServiceAnswer):
        return is_repeatable_answer(call.repeatable, result.status, call.transient_statuses)
    return not result.sent or call.repeatable in (Repeatable.ALWAYS, Repeatable.IDEMPOTENT)


def _transport(origin: Origin, settings: ConnectionSettings) -> PinnedTransport:
    inner = settings.transport or httpx.HTTPTransport(
        trust_env=False, limits=httpx.Limits(max_connections=_CONNECTIONS_MAXIMUM)
    )
    inward_allowed = is_listed(origin, settings.listed_addresses)
    return PinnedTransport(origin, settings.resolve, inner, inward_allowed=inward_allowed)


def _without_query(record: logging.LogRecord) -> bool:
    """Takes the query strings out of httpx's own log lines."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            value.copy_with(query=None) if isinstance(value, httpx.URL) else value for value in record.args
        )
    return True
