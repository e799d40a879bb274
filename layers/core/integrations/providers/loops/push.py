"""Contacts on their way into Loops: one request each, several at once, one outcome for each.

Nobody is subscribed anew. An update says nothing of `subscribed` unless it is mapped, and keeps what it doesn't name.
But one of a contact that was deleted makes it again, subscribed (https://loops.so/docs/contacts/properties#subscribed),
so a contact that Loops is remembered to have is looked up before it is changed.
"""

from collections.abc import Collection, Sequence

from integrations.domain.errors import OutcomeUnknown, RateLimited, RecordRejected, RetryLater, ServiceError
from integrations.providers.contract import Accepted, OutgoingRecord, PushOutcome, Rejected
from integrations.providers.loops.client import LoopsClient
from integrations.providers.loops.contacts import SUBSCRIBED, Identity, contact_changes, identity_of, in_lists
from integrations.providers.loops.parallel import in_parallel
from integrations.providers.loops.spec import LIST_PREFIX
from integrations.providers.refusals import Fault, Recovery


class BatchPush:
    """One batch, sent once. `absent` are mapped properties that the team lacks, and no record has a value for."""

    def __init__(self, client: LoopsClient, absent: Collection[str], deadline: float) -> None:
        self._client = client
        self._absent = absent
        self._deadline = deadline

    def send(self, records: Sequence[OutgoingRecord]) -> list[PushOutcome]:
        """One outcome a record, in their order. Raises `OutcomeUnknown` where any of it may have been applied, other
        `ServiceError`s where nothing was or a person has to act."""
        identities = [_identified(record) for record in records]
        ready = [
            (record, identity)
            for record, identity in zip(records, identities, strict=True)
            if isinstance(identity, Identity)
        ]
        answers = in_parallel(self._settle, ready, _concerns_all)
        errors = [answer for answer in answers if isinstance(answer, ServiceError)]
        if len(errors) == len(answers) or any(_concerns_all(error) for error in errors):
            _raise_truthfully(errors, is_applied=any(isinstance(answer, Accepted) for answer in answers))
        remaining = iter(answers)
        results = (next(remaining) if isinstance(each, Identity) else each for each in identities)
        return [_outcome(record, result) for record, result in zip(records, results, strict=True)]

    def _settle(self, ready: tuple[OutgoingRecord, Identity]) -> PushOutcome:
        record, identity = ready
        try:
            fault = self._change(record, identity) if record.known else self._make(record, identity, record.changed)
        except RecordRejected as error:
            return Rejected(record.entity_id, error.code, error.message)
        if fault is None:
            return Accepted(record.entity_id)
        if fault.recovery is not Recovery.RECORD:
            raise fault.error(changes=True)
        return Rejected(record.entity_id, fault.rule.code, fault.message)

    def _change(self, record: OutgoingRecord, identity: Identity) -> Fault | None:
        """Changes what Loops has. Raises `RecordRejected` if it is gone, and nothing says whether to subscribe it."""
        for name, value in identity.by_name().items():
            found = self._client.find(name, value, self._deadline)
            if isinstance(found, Fault):
                return found
            if found is not None:
                changes = contact_changes(record.targets, record.changed, self._absent)
                return self._client.update({name: value, **changes}, self._deadline)
        if isinstance(record.targets.get(SUBSCRIBED), bool):
            return self._make(record, identity, record.targets.keys())
        raise contact_deleted(identity)

    def _make(self, record: OutgoingRecord, identity: Identity, names: Collection[str]) -> Fault | None:
        """Makes the contact, or changes the one that is there; only a new one is put on the configured lists."""
        body = {**identity.by_name(), **contact_changes(record.targets, names, self._absent)}
        list_ids = [each for each in self._client.config.mailing_lists if LIST_PREFIX + each not in record.targets]
        if list_ids:
            fault = self._client.create(in_lists(body, list_ids), self._deadline)
            if fault is None or fault.recovery is not Recovery.EXISTS:
                return fault
        return self._client.update(body, self._deadline)


def contact_deleted(identity: Identity) -> RecordRejected:
    """Why a contact that is gone isn't made again."""
    named = " or ".join(f"{name} {value}" for name, value in identity.by_name().items())
    message = (
        f"Loops has no contact with {named} any more. It isn't created again, because that would subscribe the "
        "person anew: archive the entity, add the contact in Loops, or map a field to subscribed"
    )
    return RecordRejected(message, code="contact_deleted")


def refusal_of(record: OutgoingRecord, *, is_there: bool) -> Rejected | None:
    """Why the record would be refused, as far as that is known before anything is sent."""
    identity = _identified(record)
    if isinstance(identity, Rejected):
        return identity
    if not record.known or is_there or isinstance(record.targets.get(SUBSCRIBED), bool):
        return None
    error = contact_deleted(identity)
    return Rejected(record.entity_id, error.code, error.message)


def _concerns_all(error: ServiceError) -> bool:
    """Whether the rest of the batch would fare no better: not so after a failure (5xx, silence) at one contact."""
    return isinstance(error, RateLimited) or not isinstance(error, RetryLater)


def _identified(record: OutgoingRecord) -> Identity | Rejected:
    """The record's identity, if all of it is something that Loops can be asked to hold."""
    try:
        contact_changes(record.targets, record.targets.keys(), ())
        return identity_of(record.targets)
    except RecordRejected as error:
        return Rejected(record.entity_id, error.code, error.message)


def _raise_truthfully(errors: Sequence[ServiceError], *, is_applied: bool) -> None:
    """Raises the failure of the batch, if there is one: what a person has to mend before all else, then what was left
    open."""
    transient = [error for error in errors if isinstance(error, RetryLater)]
    if len(transient) < len(errors):
        raise next(error for error in errors if not isinstance(error, RetryLater))
    if not transient:
        return
    worst = next((error for error in transient if isinstance(error, OutcomeUnknown)), transient[0])
    after = max((error.retry_after_seconds for error in transient if error.retry_after_seconds), default=None)
    kind = OutcomeUnknown if is_applied else type(worst)
    raise kind(worst.message, retry_after_seconds=after, code=worst.code)


def _outcome(record: OutgoingRecord, result: PushOutcome | ServiceError) -> PushOutcome:
    """The result; a failure is this record's for now, since the service took others of the batch."""
    if isinstance(result, ServiceError):
        return Rejected(record.entity_id, result.code, result.message, transient=True)
    return result
