"""PostHog as the engine sees it: a service that takes persons and events, and gives them and page views."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import (
    BatchLimits,
    ConnectionReport,
    Figures,
    OutgoingRecord,
    PullPage,
    PushOutcome,
    Rejected,
    RemoteRecord,
    ServiceField,
)
from integrations.providers.posthog.check import ConnectionCheck
from integrations.providers.posthog.client import PostHogClient
from integrations.providers.posthog.cursors import Cursor
from integrations.providers.posthog.events import SETTLING_SECONDS
from integrations.providers.posthog.fields import fields_of_types
from integrations.providers.posthog.outgoing import prepare
from integrations.providers.posthog.pageviews import PageFigures, PageviewPages
from integrations.providers.posthog.pull import RecordPages, RecordsById
from integrations.providers.posthog.push import BODY_BYTES_MAXIMUM, BatchPush
from integrations.providers.posthog.records import Kind, can_be_pushed, checked_distinct_id, kind_of
from integrations.providers.posthog.spec import PostHogConfig, PostHogCredentials

RECORDS_MAXIMUM = 1_000
IDS_PER_LOOKUP = 100


class PostHogProvider:
    """One project with its keys: `PushProvider`, `PartlyReadOnly`, `KeyedByContent`, `PullProvider`, `RecordLookup` and
    `MeasuringProvider`. Each operation ends within the settings' `call_seconds_maximum`."""

    settling_ms = SETTLING_SECONDS * 1_000
    ids_per_lookup = IDS_PER_LOOKUP
    batch_limits = BatchLimits(RECORDS_MAXIMUM, BODY_BYTES_MAXIMUM - 1_024)

    def __init__(self, client: PostHogClient) -> None:
        self.canonical_address = client.config.canonical_address
        self._client = client
        self._deadline = client.settings.deadline
        self._pageviews = PageviewPages(client)
        self._pages = RecordPages(client, self._pageviews)
        self._by_id = RecordsById(client, self._pageviews)

    def check(self) -> ConnectionReport:
        """Makes one authenticated call, and more for the diagnosis. Never raises."""
        return ConnectionCheck(self._client).report()

    def close(self) -> None:
        """Lets go of connections."""
        self._client.close()

    def takes(self, remote_type: str) -> bool:
        """Whether records of the type can be pushed: persons, and events that aren't PostHog's own."""
        return can_be_pushed(remote_type)

    def key_of(self, remote_type: str, targets: Mapping[str, Any]) -> str | None:
        """A person's distinct id; None for an event, which needs one all the same. Raises `RecordRejected` for one that
        PostHog would drop."""
        if kind_of(remote_type) is Kind.PAGEVIEWS:
            return None
        distinct_id = checked_distinct_id(targets.get("distinct_id"))
        return distinct_id if kind_of(remote_type) is Kind.PERSON else None

    def measure(self, record: OutgoingRecord) -> int:
        """The bytes that the record adds to a body; a record that can't be sent adds none."""
        prepared = prepare(0, record, self._now())
        return 0 if isinstance(prepared, Rejected) else len(prepared.event) + 1

    def refusal_of(self, record: OutgoingRecord, there: RemoteRecord | None) -> Rejected | None:
        """Why PostHog would drop the record, or refuse its body."""
        prepared = prepare(0, record, self._now())
        return prepared if isinstance(prepared, Rejected) else None

    def push_batch(self, records: Sequence[OutgoingRecord], job_id: str) -> Sequence[PushOutcome]:
        """Sends the records: one request where nothing is refused, or two where some are old events."""
        return BatchPush(self._client, self._deadline()).send(records)

    def first_cursor(self, watermark: str | None) -> Mapping[str, Any]:
        """Before all persons and page views, and the events since the watermark, less what may arrive late."""
        return Cursor(since=watermark).as_json()

    def pull_page(self, remote_types: Sequence[str], cursor: Mapping[str, Any]) -> PullPage:
        """The records at the cursor, one kind after the other."""
        return self._pages.page(remote_types, cursor, self._deadline())

    def read_records(self, external_ids: Sequence[str]) -> Mapping[str, RemoteRecord]:
        """The records that exist, by id: at most one query for each kind that is mapped."""
        return self._by_id.read(external_ids, self._deadline())

    def first_figures_cursor(self) -> Mapping[str, Any]:
        """Before all pages that were viewed in the window."""
        return self._pageviews.first_place()

    def figures_page(self, cursor: Mapping[str, Any]) -> PullPage:
        """Page views and visitors, by page."""
        found = self._pageviews.page(cursor, self._deadline())
        return PullPage(found.records, found.next_place)

    def figures_of(self, name: str) -> Figures:
        """An empty sum for the page."""
        return PageFigures(name)

    def fields(self) -> Sequence[ServiceField]:
        """What the mapped kinds have, and the properties of a sample of persons."""
        return fields_of_types(self._client, list(self._client.config.entity_types.values()), self._deadline())

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._client.settings.unix_time(), UTC)


def connect(config: PostHogConfig, credentials: PostHogCredentials, settings: ConnectionSettings) -> PostHogProvider:
    """Opens the project; makes no call. Raises `ConfigurationRefused` for an address that may not be called."""
    return PostHogProvider(PostHogClient(config, credentials, settings))
