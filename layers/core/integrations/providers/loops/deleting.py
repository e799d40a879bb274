"""Taking contacts out of Loops: one request each, several at once, one outcome for each."""

from collections.abc import Sequence

from integrations.domain.errors import RetryLater, ServiceError
from integrations.providers.contract import Deleted, DeleteOutcome, DeleteRefused
from integrations.providers.loops.client import LoopsClient
from integrations.providers.loops.contacts import identifier_of
from integrations.providers.loops.parallel import in_parallel
from integrations.providers.refusals import Recovery


class BatchDelete:
    """One batch, sent once; what was deleted before is deleted, so it may be sent again."""

    def __init__(self, client: LoopsClient, deadline: float) -> None:
        self._client = client
        self._deadline = deadline

    def send(self, external_ids: Sequence[str]) -> list[DeleteOutcome]:
        """One outcome an id, in their order. Raises `ServiceError`s where one can't be told."""
        found = in_parallel(self._delete, external_ids, lambda error: True)
        errors = [each for each in found if isinstance(each, ServiceError)]
        if errors:
            # What a person has to mend goes before what may pass.
            raise min(errors, key=lambda error: isinstance(error, RetryLater))
        return [each for each in found if not isinstance(each, ServiceError)]

    def _delete(self, external_id: str) -> DeleteOutcome:
        identifier = identifier_of(external_id)
        if identifier is None:
            return Deleted(external_id)
        fault = self._client.delete(*identifier, self._deadline)
        if fault is None or fault.recovery is Recovery.GONE:
            return Deleted(external_id)
        if fault.recovery is Recovery.RECORD:
            return DeleteRefused(external_id, fault.rule.code, fault.message)
        raise fault.error(changes=True)
