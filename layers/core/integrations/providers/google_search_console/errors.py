"""What Google's refusals mean for us, as one table.

The status alone says too little: 403 is a property that isn't shared, a switched-off API, or a quota. So the reason of
the first error counts (https://developers.google.com/webmaster-tools/v1/errors), and for quotas the text, since one
reason has three waits (https://developers.google.com/webmaster-tools/limits).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from integrations.domain.errors import (
    ConfigurationRefused,
    RateLimited,
    ReconnectRequired,
    RetryLater,
    ServiceError,
)
from integrations.providers.calls import ServiceAnswer
from integrations.providers.google_search_console.pacific import seconds_to_midnight
from integrations.providers.refusals import as_object, only, short_text

MINUTE_SECONDS = 60.0
LOAD_QUOTA_SECONDS = 900.0
"""What Google advises to wait when the load of the last ten minutes was too much."""


class Recovery(Enum):
    """What to do after a refusal."""

    RECONNECT = auto()
    CONFIGURE = auto()
    LATER = auto()
    NEXT_MINUTE = auto()
    LOAD_QUOTA = auto()
    NEXT_DAY = auto()
    """Quotas of a day begin anew at midnight, Pacific time."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: the first whose `statuses` hold the status (None: any), whose `reasons` hold one of the refusal's (None:
    any), and whose `text` is found in its words."""

    statuses: range | None
    reasons: frozenset[str] | None
    text: str
    recovery: Recovery
    code: str
    message: str

    def fits(self, status: int, reasons: frozenset[str], detail: str) -> bool:
        """Whether the refusal is of this row."""
        return (
            (self.statuses is None or status in self.statuses)
            and (self.reasons is None or bool(self.reasons & reasons))
            and re.search(self.text, detail, re.IGNORECASE) is not None
        )


_ANY = ""
_QUOTA = frozenset({"quotaExceeded"})
_DAILY = frozenset({"dailyLimitExceeded", "dailyLimitExceededUnreg"})
_RATE = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "rateLimitExceededUnreg", "userRateLimitExceededUnreg"}
    | {"RATE_LIMIT_EXCEEDED"}
)
_FORBIDDEN = frozenset({"forbidden", "insufficientPermissions"})
_DAY_USED = "today's requests are used up"
_FAST = "there were too many requests within a minute"
RULES: tuple[Rule, ...] = (
    Rule(only(401), None, _ANY, Recovery.RECONNECT, "credentials_refused", "the access token is not accepted"),
    Rule(
        None,
        frozenset({"accessNotConfigured", "SERVICE_DISABLED"}),
        _ANY,
        Recovery.CONFIGURE,
        "api_not_enabled",
        "the Search Console API is not enabled in the Google Cloud project of the credentials",
    ),
    Rule(
        only(403),
        frozenset({"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"}),
        r"\bscopes?\b",
        Recovery.RECONNECT,
        "scope_missing",
        "the consent does not cover reading Search Console",
    ),
    Rule(None, _DAILY, _ANY, Recovery.NEXT_DAY, "service_rate_limited", _DAY_USED),
    Rule(None, _QUOTA, r"\b(day|daily)\b", Recovery.NEXT_DAY, "service_rate_limited", _DAY_USED),
    Rule(None, _RATE, _ANY, Recovery.NEXT_MINUTE, "service_rate_limited", _FAST),
    Rule(None, _QUOTA, r"\b(QPS|QPM|minute|second)\b", Recovery.NEXT_MINUTE, "service_rate_limited", _FAST),
    Rule(None, _QUOTA, _ANY, Recovery.LOAD_QUOTA, "service_rate_limited", "the property's load quota is used up"),
    Rule(only(429), None, _ANY, Recovery.NEXT_MINUTE, "service_rate_limited", _FAST),
    Rule(
        only(403),
        _FORBIDDEN,
        _ANY,
        Recovery.CONFIGURE,
        "property_not_shared",
        "there is no property of exactly that name that these credentials may read",
    ),
    Rule(only(403), None, _ANY, Recovery.CONFIGURE, "permission_missing", "it is not allowed"),
    Rule(
        only(404),
        frozenset({"notFound"}),
        _ANY,
        Recovery.CONFIGURE,
        "property_not_found",
        "there is no property of exactly that name",
    ),
    Rule(only(408), None, _ANY, Recovery.LATER, "service_timeout", "it took too long"),
    Rule(range(500, 600), None, _ANY, Recovery.LATER, "service_unavailable", "it failed"),
    Rule(range(300, 400), None, _ANY, Recovery.CONFIGURE, "redirected", "it redirects elsewhere; never followed"),
    Rule(None, None, _ANY, Recovery.CONFIGURE, "request_refused", "it refused the request"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal, understood; `detail` is Google's words, cut and without secrets."""

    status: int
    rule: Rule
    detail: str
    retry_after_seconds: float | None = None

    @property
    def recovery(self) -> Recovery:
        """What to do about it."""
        return self.rule.recovery

    def error(self, now: float) -> ServiceError:
        """The failure as the engine knows it. `now` is Unix time."""
        message = f"Google Search Console refused the request ({self.status}): {self.rule.message}"
        if self.detail:
            message += f" - {self.detail}"
        code = self.rule.code
        match self.recovery:
            case Recovery.RECONNECT:
                return ReconnectRequired(message, code=code)
            case Recovery.CONFIGURE:
                return ConfigurationRefused(message, code=code)
            case Recovery.LATER:
                return RetryLater(message, retry_after_seconds=self.retry_after_seconds, code=code)
            case _:
                return RateLimited(message, retry_after_seconds=self._wait_seconds(now), code=code)

    def _wait_seconds(self, now: float) -> float:
        if self.retry_after_seconds is not None:
            return self.retry_after_seconds
        if self.recovery is Recovery.NEXT_DAY:
            return seconds_to_midnight(now)
        return LOAD_QUOTA_SECONDS if self.recovery is Recovery.LOAD_QUOTA else MINUTE_SECONDS


def read_fault(answer: ServiceAnswer, redact: Callable[[str], str]) -> Fault:
    """Understands a refusal, in the older form (`errors[].reason`), the newer (`details[].reason`), or none at all."""
    error = as_object(answer).get("error")
    error = error if isinstance(error, Mapping) else {}
    reasons = frozenset([*_reasons(error.get("errors"))[:1], *_reasons(error.get("details"))])
    detail = short_text(error.get("message"), redact)
    rule = next(rule for rule in RULES if rule.fits(answer.status, reasons, detail))
    return Fault(answer.status, rule, detail, answer.retry_after_seconds)


def _reasons(items: object) -> list[str]:
    found = items if isinstance(items, list) else []
    reasons = [item.get("reason") for item in found if isinstance(item, Mapping)]
    return [reason for reason in reasons if isinstance(reason, str)]
