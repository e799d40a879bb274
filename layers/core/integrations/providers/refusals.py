"""What a service's refusals mean for us: rows of a table, first of those that fit, and what follows from one.

Each service has a table of its own, and reads its own forms; what is the same for all of HTTP ends every table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from integrations.domain.errors import (
    ConfigurationRefused,
    OutcomeUnknown,
    PayloadTooLarge,
    RateLimited,
    ReconnectRequired,
    RetryLater,
    ServiceError,
)
from integrations.providers.calls import ServiceAnswer

MESSAGE_CHARACTERS_MAXIMUM: Final = 300


class Recovery(Enum):
    """What to do after a refusal. Those with words of their own are the provider's to settle."""

    RECONNECT = auto()
    CONFIGURE = auto()
    RATE_LIMITED = auto()
    LATER = auto()
    LATER_UNKNOWN = auto()
    """… and the request may have been applied."""
    SMALLER = auto()
    """Send or ask for less at a time."""
    REPEAT = auto()
    """Another writer got in between and nothing was applied: the same again."""
    ALREADY_APPLIED = auto()
    """The same request was applied before."""
    RECORD = auto()
    """The one record sent is refused; others may go through."""
    RECORDS = auto()
    """One or more of the records sent are refused; the rest may go through without them."""
    GONE = auto()
    """There is no such record any more."""
    EXISTS = auto()
    """There is such a record: change it instead."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row. It fits a refusal whose status is among `statuses` (None: any) and that bears `mark` (None: any), which is
    whatever the service tells its refusals apart by."""

    statuses: range | None
    mark: str | None
    recovery: Recovery
    code: str
    message: str


def only(status: int) -> range:
    """That status alone."""
    return range(status, status + 1)


ANY_SERVICE: Final[Sequence[Rule]] = (
    Rule(only(408), None, Recovery.LATER_UNKNOWN, "service_timeout", "it took too long"),
    Rule(only(429), None, Recovery.RATE_LIMITED, "service_rate_limited", "there were too many requests"),
    Rule(only(503), None, Recovery.LATER, "service_unavailable", "it is not available"),
    Rule(range(500, 600), None, Recovery.LATER_UNKNOWN, "service_unavailable", "it failed"),
    Rule(range(300, 400), None, Recovery.CONFIGURE, "redirected", "it redirects elsewhere, which is never followed"),
    Rule(None, None, Recovery.CONFIGURE, "request_refused", "it refused the request"),
)
"""The last rows of every table: one of them fits anything."""


def rule_for(rules: Sequence[Rule], status: int, bears: Callable[[str], bool]) -> Rule:
    """The first row that fits; `bears` says whether the refusal bears a mark. Of a table that ends with `ANY_SERVICE`
    there is one."""
    return next(
        rule
        for rule in rules
        if (rule.statuses is None or status in rule.statuses) and (rule.mark is None or bears(rule.mark))
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal, understood. `service` is its name for people, `detail` its words, cut and without secrets;
    `earlier_unknown` says that an earlier attempt may have been applied."""

    service: str
    status: int
    rule: Rule
    detail: str
    retry_after_seconds: float | None = None
    earlier_unknown: bool = False

    @property
    def recovery(self) -> Recovery:
        """What to do about it."""
        return self.rule.recovery

    @property
    def message(self) -> str:
        """For a person: what it means, and the service's words."""
        text = f"{self.service} refused the request ({self.status}): {self.rule.message}"
        return f"{text} - {self.detail}" if self.detail else text

    def error(self, *, changes: bool = False) -> ServiceError:
        """The failure as the engine knows it; `changes` says that the call was to change something."""
        message, code, after = self.message, self.rule.code, self.retry_after_seconds
        is_unknown = self.earlier_unknown or self.recovery is Recovery.LATER_UNKNOWN
        match self.recovery:
            case Recovery.RECONNECT:
                return ReconnectRequired(message, code=code)
            case Recovery.SMALLER:
                return PayloadTooLarge(message, code=code)
            case Recovery.LATER | Recovery.LATER_UNKNOWN | Recovery.RATE_LIMITED if changes and is_unknown:
                return OutcomeUnknown(message, retry_after_seconds=after, code=code)
            case Recovery.RATE_LIMITED:
                return RateLimited(message, retry_after_seconds=after, code=code)
            case Recovery.LATER | Recovery.LATER_UNKNOWN | Recovery.REPEAT:
                return RetryLater(message, retry_after_seconds=after, code=code)
            case _:
                return ConfigurationRefused(message, code=code)


def as_object(answer: ServiceAnswer) -> Mapping[str, object]:
    """The answer's JSON object; an empty one where it has none."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, Mapping) else {}


def short_text(value: object, redact: Callable[[str], str]) -> str:
    """A service's words, without secrets and cut; nothing for what is no text."""
    return redact(value)[:MESSAGE_CHARACTERS_MAXIMUM] if isinstance(value, str) else ""
