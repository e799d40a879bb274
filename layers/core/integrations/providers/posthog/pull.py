"""A pull of several kinds of records: all persons, then all page views, then the events, each page by page."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.providers.contract import PullPage, RemoteRecord
from integrations.providers.posthog.client import PostHogClient
from integrations.providers.posthog.cursors import Cursor
from integrations.providers.posthog.events import EventLookup, EventPages, is_event_id
from integrations.providers.posthog.pages import KindPage
from integrations.providers.posthog.pageviews import PageviewPages
from integrations.providers.posthog.persons import PersonLookup, PersonPages
from integrations.providers.posthog.records import Kind, event_name, kind_of


class RecordPages:
    """Pages over all kinds that are mapped."""

    def __init__(self, client: PostHogClient, pageviews: PageviewPages) -> None:
        self._persons = PersonPages(client)
        self._pageviews = pageviews
        self._events = EventPages(client)

    def page(self, remote_types: Sequence[str], stored: Mapping[str, Any], deadline: float) -> PullPage:
        """The records at the cursor: a page of one kind, and of the next one where that has no more."""
        present = {kind_of(remote_type) for remote_type in remote_types}
        kinds = [kind for kind in Kind if kind in present]
        names = sorted(event_name(each) for each in remote_types if kind_of(each) is Kind.EVENT)
        cursor = Cursor.from_json(stored)
        if cursor.kind not in kinds:
            cursor = cursor.entering(kinds[0])
        while True:
            found = self._kind_page(cursor, names, deadline)
            following = _following(cursor, found, kinds)
            if found.records or following is None or following.kind == cursor.kind:
                service_time = found.latest if names else None
                next_cursor = following.as_json() if following else None
                return PullPage(found.records, next_cursor, service_time, found.notices)
            cursor = following

    def _kind_page(self, cursor: Cursor, names: Sequence[str], deadline: float) -> KindPage:
        match cursor.kind:
            case Kind.PERSON:
                return self._persons.page(cursor.place, deadline)
            case Kind.PAGEVIEWS:
                return self._pageviews.page(cursor.place, deadline)
            case _:
                return self._events.page(names, cursor.place, cursor.since, cursor.latest, deadline)


class RecordsById:
    """Looks up records of the mapped kinds. Ids don't name their kind, so one that may be of several is asked for as
    each: as an event if it is a uuid, as a page, as a person."""

    def __init__(self, client: PostHogClient, pageviews: PageviewPages) -> None:
        remote_types = client.config.entity_types.values()
        self._kinds = {kind_of(remote_type) for remote_type in remote_types}
        names = sorted(event_name(each) for each in remote_types if kind_of(each) is Kind.EVENT)
        self._persons = PersonLookup(client)
        self._pageviews = pageviews
        self._events = EventLookup(client, names)

    def read(self, external_ids: Sequence[str], deadline: float) -> dict[str, RemoteRecord]:
        """Those that exist, by id. No ids: no call."""
        lookups = (
            (Kind.EVENT, self._events.read, is_event_id),
            (Kind.PAGEVIEWS, self._pageviews.read, _may_be_page if len(self._kinds) > 1 else bool),
            (Kind.PERSON, self._persons.read, bool),
        )
        found: dict[str, RemoteRecord] = {}
        for kind, read, may_be in lookups:
            wanted = [each for each in dict.fromkeys(external_ids) if each not in found and may_be(each)]
            if kind in self._kinds and wanted:
                found |= read(wanted, deadline)
        return found


def _following(cursor: Cursor, found: KindPage, kinds: Sequence[Kind]) -> Cursor | None:
    if found.next_place is not None:
        return cursor.moved(found.next_place, found.latest)
    rest = kinds[[kind.value for kind in kinds].index(str(cursor.kind)) + 1 :]
    return cursor.entering(rest[0]) if rest else None


def _may_be_page(external_id: str) -> bool:
    return "://" in external_id
