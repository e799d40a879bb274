"""Sanity as the engine sees it: a service that takes, gives and shows records."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import (
    BatchLimits,
    ConnectionReport,
    DeleteOutcome,
    OutgoingRecord,
    PullPage,
    PushOutcome,
    Rejected,
    RemoteRecord,
    ServiceField,
)
from integrations.providers.sanity.check import ConnectionCheck
from integrations.providers.sanity.client import SanityClient
from integrations.providers.sanity.delete import BatchDelete
from integrations.providers.sanity.documents import ENVELOPE_BYTES, PreparedRecord, prepare
from integrations.providers.sanity.fields import fields_of_types
from integrations.providers.sanity.pull import SETTLING_SECONDS, DocumentPages, first_cursor
from integrations.providers.sanity.push import REQUEST_BYTES_MAXIMUM, BatchPush, oversize
from integrations.providers.sanity.reading import IDS_PER_CALL, DocumentReader
from integrations.providers.sanity.spec import SanityConfig, SanityCredentials

RECORDS_MAXIMUM = 1_000


class SanityProvider:
    """One dataset with its token: `PushProvider`, `PullProvider`, `RecordReader`, `DeletingProvider`, `IdSweep`,
    `Foreseeing` and `FieldListing`.
    Each operation ends within the settings' `call_seconds_maximum`."""

    settling_ms = SETTLING_SECONDS * 1_000
    ids_per_lookup = IDS_PER_CALL
    ids_per_delete = RECORDS_MAXIMUM
    batch_limits = BatchLimits(RECORDS_MAXIMUM, REQUEST_BYTES_MAXIMUM - ENVELOPE_BYTES)

    def __init__(self, client: SanityClient) -> None:
        self.canonical_address = client.config.canonical_address
        self._client = client
        self._deadline = client.settings.deadline
        self._reader = DocumentReader(client)
        self._pages = DocumentPages(client)
        self._measured: dict[str, PreparedRecord] = {}

    def check(self) -> ConnectionReport:
        """Makes one authenticated call, and more for the diagnosis. Never raises."""
        return ConnectionCheck(self._client).report()

    def close(self) -> None:
        """Lets go of connections."""
        self._client.close()

    def measure(self, record: OutgoingRecord) -> int:
        """The bytes that the record's mutations add to a request; a record that can't be sent adds none."""
        prepared = prepare(0, record)
        if not isinstance(prepared, PreparedRecord):
            return 0
        self._measured[record.external_id] = prepared
        return prepared.size_bytes

    def refusal_of(self, record: OutgoingRecord, there: RemoteRecord | None) -> Rejected | None:
        """Why the record can't be sent to the document as it is there."""
        prepared = prepare(0, record, there)
        return prepared if isinstance(prepared, Rejected) else oversize(prepared)

    def push_batch(self, records: Sequence[OutgoingRecord], job_id: str) -> Sequence[PushOutcome]:
        """Sends the records, in one request where nothing is refused."""
        measured, self._measured = self._measured, {}
        return BatchPush(self._client, self._reader.read, job_id, self._deadline(), measured).send(records)

    def first_cursor(self, watermark: str | None) -> Mapping[str, Any]:
        """The place before all changes since the watermark, less what the service may lag behind."""
        return first_cursor(watermark)

    def pull_page(self, remote_types: Sequence[str], cursor: Mapping[str, Any]) -> PullPage:
        """The published documents of the types after the place, in the order of their changes."""
        return self._pages.page(remote_types, cursor, self._deadline())

    def read_records(self, external_ids: Sequence[str]) -> Mapping[str, RemoteRecord]:
        """The published documents that exist, by id, as they are this moment."""
        return self._reader.read(external_ids, self._deadline())

    def find_record(self, remote_type: str, entity_id: str) -> str | None:
        """The id of the document that became the entity; the type's ids are read once for all searches."""
        return self._reader.find(remote_type, entity_id, self._deadline())

    def fields(self) -> Sequence[ServiceField]:
        """The fields that a sample of the mapped types' documents has."""
        return fields_of_types(self._client, list(self._client.config.entity_types.values()), self._deadline())

    def delete_batch(self, external_ids: Sequence[str], job_id: str) -> Sequence[DeleteOutcome]:
        """Deletes the published documents, in one request where nothing is refused."""
        return BatchDelete(self._client, job_id, self._deadline()).send(external_ids)

    def swept_ids(self, remote_type: str) -> frozenset[str]:
        """The ids of all published documents of the type, as the index knows them."""
        return frozenset(self._reader.sweep(remote_type, self._deadline()))

    def existing_ids(self, external_ids: Sequence[str]) -> frozenset[str]:
        """Those of the ids that are there this moment, published or as a draft."""
        return self._reader.existing(external_ids, self._deadline())


def connect(config: SanityConfig, credentials: SanityCredentials, settings: ConnectionSettings) -> SanityProvider:
    """Opens the dataset; makes no call. Raises `ConfigurationRefused` for an address that may not be called."""
    return SanityProvider(SanityClient(config, credentials, settings))
