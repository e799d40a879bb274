"""A batch on its way into PostHog: as few bodies as possible, and one outcome for each record.

PostHog has one verdict for a body. Where it refuses one, halves are tried until the bad record stands alone.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from integrations.domain.errors import OutcomeUnknown, RetryLater
from integrations.providers.contract import Accepted, OutgoingRecord, PushOutcome, Rejected
from integrations.providers.posthog.client import PostHogClient
from integrations.providers.posthog.outgoing import PreparedRecord, batch_body, prepare
from integrations.providers.refusals import Fault, Recovery

BODY_BYTES_MAXIMUM = 5 * 1_024 * 1_024
"""What PostHog's own client puts into a body at most (posthog-python `consumer.py`); 20 MiB would be taken."""
_ENVELOPE_BYTES = 256
_QUOTA = (
    "PostHog dropped it, for the project has used up its events (quota limited): raise the limit in PostHog under"
    " Billing, or wait for the next period"
)


@dataclass(frozen=True, slots=True)
class _Group:
    """Records of one body."""

    records: tuple[PreparedRecord, ...]
    is_historical: bool

    def halves(self) -> list["_Group"]:
        middle = len(self.records) // 2
        return [_Group(half, self.is_historical) for half in (self.records[:middle], self.records[middle:])]


class BatchPush:
    """One batch, sent once."""

    def __init__(self, client: PostHogClient, deadline: float) -> None:
        self._client = client
        self._deadline = deadline
        self._outcomes: dict[int, PushOutcome] = {}
        self._is_applied = False

    def send(self, records: Sequence[OutgoingRecord]) -> list[PushOutcome]:
        """One outcome a record, in their order. Raises `OutcomeUnknown` where any of it may have been applied, other
        `ServiceError`s where nothing was."""
        waiting = deque(self._groups(records))
        while waiting:
            group = waiting.popleft()
            try:
                waiting.extendleft(reversed(self._send(group)))
            except RetryLater as error:
                raise self._truthful(error) from None
        return [self._outcomes[position] for position in range(len(records))]

    def _groups(self, records: Sequence[OutgoingRecord]) -> list[_Group]:
        now = datetime.fromtimestamp(self._client.settings.unix_time(), UTC)
        ready: list[PreparedRecord] = []
        for position, record in enumerate(records):
            prepared = prepare(position, record, now)
            if isinstance(prepared, Rejected):
                self._outcomes[position] = prepared
            elif prepared.event:
                ready.append(prepared)
            else:
                self._outcomes[position] = Accepted(record.entity_id)
        groups = []
        for is_historical in (False, True):
            lane = [prepared for prepared in ready if prepared.is_historical is is_historical]
            groups += _packed(lane, is_historical)
        return groups

    def _send(self, group: _Group) -> list[_Group]:
        """Sends a group; what has to be sent next."""
        events = [prepared.event for prepared in group.records]
        body = batch_body(self._client.project_token, events, is_historical=group.is_historical)
        result = self._client.capture(body, self._deadline)
        if isinstance(result, Fault):
            return self._after(result, group)
        for prepared in group.records:
            entity_id = prepared.record.entity_id
            if result:
                self._outcomes[prepared.position] = Accepted(entity_id)
            else:
                self._outcomes[prepared.position] = Rejected(entity_id, "quota_limited", _QUOTA, transient=True)
        self._is_applied = self._is_applied or result
        return []

    def _after(self, fault: Fault, group: _Group) -> list[_Group]:
        if fault.recovery is not Recovery.RECORDS:
            raise fault.error(changes=True)
        if len(group.records) > 1:
            return group.halves()
        (prepared,) = group.records
        message = fault.detail or "PostHog refused the record without saying why"
        self._outcomes[prepared.position] = Rejected(prepared.record.entity_id, fault.rule.code, message)
        return []

    def _truthful(self, error: RetryLater) -> RetryLater:
        """The failure, which is of unknown outcome once a part of the batch was applied."""
        if not self._is_applied or isinstance(error, OutcomeUnknown):
            return error
        return OutcomeUnknown(error.message, retry_after_seconds=error.retry_after_seconds, code=error.code)


def _packed(records: Sequence[PreparedRecord], is_historical: bool) -> list[_Group]:
    """Groups that keep a body's limit."""
    groups: list[_Group] = []
    group: list[PreparedRecord] = []
    size = _ENVELOPE_BYTES
    for prepared in records:
        if group and size + len(prepared.event) + 1 > BODY_BYTES_MAXIMUM:
            groups.append(_Group(tuple(group), is_historical))
            group, size = [], _ENVELOPE_BYTES
        group.append(prepared)
        size += len(prepared.event) + 1
    if group:
        groups.append(_Group(tuple(group), is_historical))
    return groups
