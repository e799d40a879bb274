"""Loops as the engine sees it: a service that takes contacts, and shows those whose key is known."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import (
    BatchLimits,
    ConnectionReport,
    DeleteOutcome,
    OutgoingRecord,
    PushOutcome,
    Rejected,
    RemoteRecord,
    ServiceField,
)
from integrations.providers.loops.check import ConnectionCheck
from integrations.providers.loops.client import REQUESTS, LoopsClient
from integrations.providers.loops.contacts import encoded, external_id_of, identity_of
from integrations.providers.loops.deleting import BatchDelete
from integrations.providers.loops.lookup import ContactLookup
from integrations.providers.loops.properties import ContactProperties, writable_fields
from integrations.providers.loops.push import BatchPush, refusal_of
from integrations.providers.loops.spec import LoopsConfig, LoopsCredentials

BATCH_BYTES_MAXIMUM = 1_000_000


class LoopsProvider:
    """One team with its key: `PushProvider`, `KeyedByContent` and `RecordLookup`. Each operation ends within the
    settings' `call_seconds_maximum`; a batch and a lookup are a second's worth of requests, so that a checkpoint is
    written while the next second's are waited for."""

    settling_ms = 0
    """A contact is found as it was written: Loops names no delay."""
    ids_per_lookup = ids_per_delete = REQUESTS.calls
    batch_limits = BatchLimits(REQUESTS.calls, BATCH_BYTES_MAXIMUM)

    def __init__(self, client: LoopsClient) -> None:
        self.canonical_address = client.config.canonical_address
        self._client = client
        self._deadline = client.settings.deadline
        self._properties = ContactProperties(client)
        self._lookup = ContactLookup(client)

    def check(self) -> ConnectionReport:
        """Tests the key. Never raises."""
        return ConnectionCheck(self._client).report()

    def close(self) -> None:
        """Lets go of connections."""
        self._client.close()

    def key_of(self, remote_type: str, targets: Mapping[str, Any]) -> str:
        """`userId=<id>` where the targets have one, else `email=<address>`. Raises `RecordRejected`."""
        return external_id_of(identity_of(targets))

    def measure(self, record: OutgoingRecord) -> int:
        """About the bytes of the record's request."""
        return len(encoded(record.targets))

    def refusal_of(self, record: OutgoingRecord, there: RemoteRecord | None) -> Rejected | None:
        """Why the record would be refused: no identity, a value that no property holds, a contact that is gone."""
        return refusal_of(record, is_there=there is not None)

    def push_batch(self, records: Sequence[OutgoingRecord], job_id: str) -> Sequence[PushOutcome]:
        """Sends the records, one request each and two for those that Loops has; before the first that needs it, the
        team's properties are listed. Raises `ConfigurationRefused` (`property_missing`) for one that it lacks."""
        deadline = self._deadline()
        absent = self._properties.provide((record.targets for record in records), deadline)
        return BatchPush(self._client, absent, deadline).send(records)

    def delete_batch(self, external_ids: Sequence[str], job_id: str) -> Sequence[DeleteOutcome]:
        """Deletes the contacts, one request each; one that isn't there is deleted."""
        return BatchDelete(self._client, self._deadline()).send(external_ids)

    def read_records(self, external_ids: Sequence[str]) -> Mapping[str, RemoteRecord]:
        """The contacts that exist, by the ids asked for, as Loops gives them."""
        return self._lookup.read(external_ids, self._deadline())

    def fields(self) -> Sequence[ServiceField]:
        """The contact properties, standard and custom, that may be written."""
        return writable_fields(self._client, self._deadline())


def connect(config: LoopsConfig, credentials: LoopsCredentials, settings: ConnectionSettings) -> LoopsProvider:
    """Opens the team; makes no call. Raises `ConfigurationRefused` for an address that may not be called."""
    return LoopsProvider(LoopsClient(config, credentials, settings))
