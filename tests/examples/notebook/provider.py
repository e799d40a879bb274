"""Notebook as the engine sees it: `PushProvider`, `PullProvider` and `RecordLookup`."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from integrations.domain.errors import ReconnectRequired, ServiceError
from integrations.domain.integration import Diagnosis
from integrations.mapping.apply import build_document
from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import (
    Accepted,
    BatchLimits,
    ConnectionReport,
    OutgoingRecord,
    PullPage,
    PushOutcome,
    Rejected,
    RemoteRecord,
)
from tests.examples.notebook.client import NotebookClient
from tests.examples.notebook.spec import NotebookConfig, NotebookCredentials

NOTES_PER_PAGE = 200
CHECK_SECONDS_MAXIMUM = 10.0
_WHERE = "Go to Settings > Integrations and verify the credentials."


class NotebookProvider:
    """One notebook with its token."""

    settling_ms = 0
    ids_per_lookup = 100
    batch_limits = BatchLimits(records_maximum=100, bytes_maximum=1_000_000)

    def __init__(self, client: NotebookClient) -> None:
        self.canonical_address = str(client.origin)
        self._client = client
        self._deadline = client.settings.deadline

    def check(self) -> ConnectionReport:
        """Asks who the token belongs to. Never raises."""
        clock = self._client.settings.monotonic
        started, error = clock(), None
        try:
            self._client.whoami(started + CHECK_SECONDS_MAXIMUM)
        except ServiceError as failure:
            error = failure
        latency_ms = round((clock() - started) * 1_000)
        if error is None:
            return ConnectionReport(True, latency_ms)
        diagnosis = Diagnosis(error.code, f"{error.message}. {_WHERE}", ("Make a new token in Notebook.",))
        return ConnectionReport(False, latency_ms, isinstance(error, ReconnectRequired), diagnosis)

    def close(self) -> None:
        """Lets go of connections."""
        self._client.close()

    def measure(self, record: OutgoingRecord) -> int:
        """The bytes of the note as it is sent."""
        return len(json.dumps(_note(record)))

    def push_batch(self, records: Sequence[OutgoingRecord], job_id: str) -> Sequence[PushOutcome]:
        """One request; Notebook says of each note what became of it."""
        if not records:
            return []
        results = self._client.change([_note(record) for record in records], self._deadline())
        return [_outcome(record, result) for record, result in zip(records, results, strict=True)]

    def first_cursor(self, watermark: str | None) -> Mapping[str, Any]:
        """The change after which a run begins."""
        return {"after": int(watermark or 0)}

    def pull_page(self, remote_types: Sequence[str], cursor: Mapping[str, Any]) -> PullPage:
        """The next notes in the order of their changes; the page after the last is empty."""
        notes = self._client.notes_after(cursor["after"], NOTES_PER_PAGE, self._deadline())
        if not notes:
            return PullPage((), None)
        last = notes[-1]["changed"]
        return PullPage(tuple(_record(note) for note in notes), {"after": last}, f"{last:015d}")

    def read_records(self, external_ids: Sequence[str]) -> Mapping[str, RemoteRecord]:
        """Those of the notes that exist."""
        if not external_ids:
            return {}
        return {note["id"]: _record(note) for note in self._client.notes(external_ids, self._deadline())}


def connect(config: NotebookConfig, credentials: NotebookCredentials, settings: ConnectionSettings) -> NotebookProvider:
    """Opens the notebook; makes no call. Raises `ConfigurationRefused` for an address that may not be called."""
    return NotebookProvider(NotebookClient(config, credentials, settings))


def _note(record: OutgoingRecord) -> dict[str, Any]:
    changed = {target: record.targets[target] for target in record.targets if target in record.changed}
    return {**build_document(changed), "id": record.external_id}


def _outcome(record: OutgoingRecord, result: Mapping[str, Any]) -> PushOutcome:
    if result.get("ok"):
        return Accepted(record.entity_id, str(result["changed"]))
    return Rejected(record.entity_id, "note_refused", str(result.get("message") or "refused without a reason"))


def _record(note: Mapping[str, Any]) -> RemoteRecord:
    return RemoteRecord(note["id"], "note", note, revision=str(note["changed"]))
