"""Reading contacts by what Loops knows them by: they can't be listed, nor found by anything else."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.domain.errors import RetryLater, ServiceError
from integrations.providers.contract import RemoteRecord
from integrations.providers.loops.client import LoopsClient
from integrations.providers.loops.contacts import Identity, external_id_of, identifier_of
from integrations.providers.loops.parallel import in_parallel
from integrations.providers.loops.spec import CONTACT
from integrations.providers.refusals import Fault


class ContactLookup:
    """Looks contacts up, a request each, several at once."""

    def __init__(self, client: LoopsClient) -> None:
        self._client = client

    def read(self, external_ids: Sequence[str], deadline: float) -> dict[str, RemoteRecord]:
        """The contacts that exist, by the ids asked for. Raises `ServiceError`s where one can't be told."""

        def find(external_id: str) -> RemoteRecord | None:
            return self._find(external_id, deadline)

        ids = list(dict.fromkeys(external_ids))
        found = in_parallel(find, ids, lambda error: True)
        errors = [each for each in found if isinstance(each, ServiceError)]
        if errors:
            # What a person has to mend goes before what may pass.
            raise min(errors, key=lambda error: isinstance(error, RetryLater))
        return {
            external_id: each for external_id, each in zip(ids, found, strict=True) if isinstance(each, RemoteRecord)
        }

    def _find(self, external_id: str, deadline: float) -> RemoteRecord | None:
        identifier = identifier_of(external_id)
        if identifier is None:
            return None
        contact = self._client.find(*identifier, deadline)
        if contact is None or isinstance(contact, Fault):
            return None
        return RemoteRecord(external_id, CONTACT, contact, aliases=_other_ids(contact, external_id))


def _other_ids(contact: Mapping[str, Any], external_id: str) -> tuple[str, ...]:
    """A contact with a user id and an address is known by either."""
    user_id, email = contact.get("userId"), contact.get("email")
    ids = [external_id_of(Identity(user_id, None))] if user_id else []
    ids += [external_id_of(Identity(None, email))] if email else []
    return tuple(each for each in ids if each != external_id)
