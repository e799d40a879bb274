"""Persons: all of them each time, for PostHog lists none by when they changed; and those of some distinct ids."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from integrations.providers.contract import Notice, RemoteRecord
from integrations.providers.posthog.client import PostHogClient, malformed
from integrations.providers.posthog.cursors import Place
from integrations.providers.posthog.pages import PAGE_RECORDS, KindPage, PageSize, json_object, one_of
from integrations.providers.posthog.records import PERSON, millisecond_text, parsed_time

PERSONS_OF = "select distinct_id, person.properties, person.created_at from person_distinct_ids"
_NAMELESS = Notice("persons_without_id", "Persons without a distinct id were left out: nothing could name them.")


class PersonPages:
    """The list of persons, the newest first. Only `next: null` ends it: pages may be short, since deleted persons take
    up places in them."""

    def __init__(self, client: PostHogClient, page_records: int = PAGE_RECORDS) -> None:
        self._client = client
        self._page_records = page_records
        self._size = PageSize()

    def page(self, place: Place | None, deadline: float) -> KindPage:
        """The persons at a place."""
        path = str(place["path"]) if place else f"{self._client.persons_path}?limit={self._page_records}"
        answer = self._size.ask(lambda records: self._client.persons(_with_limit(path, records), deadline))
        if "next" not in answer:
            raise malformed("persons")
        results = answer["results"]
        found = [_listed(person) for person in (results if isinstance(results, list) else [])]
        records = tuple(record for record in found if record is not None)
        following = answer["next"]
        next_place = None if following is None else {"path": self._client.path_of_next(following)}
        return KindPage(records, next_place, notices=() if len(records) == len(found) else (_NAMELESS,))


class PersonLookup:
    """Persons by any of their distinct ids."""

    def __init__(self, client: PostHogClient) -> None:
        self._client = client

    def read(self, ids: Sequence[str], deadline: float) -> dict[str, RemoteRecord]:
        """Those that exist: one query, where the list of persons would take a request for each."""
        condition, values = one_of("distinct_id", "distinct_ids", ids)
        rows = self._client.query(f"{PERSONS_OF} where {condition} limit {len(ids)}", values, deadline)
        found: dict[str, RemoteRecord] = {}
        for row in rows:
            if len(row) != 3 or not isinstance(row[0], str):
                raise malformed("persons by distinct id")
            found[row[0]] = _record([row[0]], row[1], row[2])
        return found


def _listed(person: object) -> RemoteRecord | None:
    """The person as a record, or None for one without a distinct id."""
    if not isinstance(person, dict):
        raise malformed("persons")
    given = person.get("distinct_ids")
    ids = [each for each in given if isinstance(each, str) and each] if isinstance(given, list) else []
    return _record(ids, person.get("properties"), person.get("created_at")) if ids else None


def _record(ids: Sequence[str], properties: object, created_at: object) -> RemoteRecord:
    document = {
        "distinct_id": ids[0],
        "properties": json_object(properties or {}, "persons"),
        "created_at": _time(created_at),
    }
    return RemoteRecord(ids[0], PERSON, document, aliases=tuple(ids[1:]), id_key="distinct_id")


def _time(value: object) -> str | None:
    try:
        return millisecond_text(parsed_time(value)) if isinstance(value, str) else None
    except ValueError:
        raise malformed("persons") from None


def _with_limit(path: str, records: int) -> str:
    """The path as it came, unless fewer records are wanted."""
    if records >= PAGE_RECORDS:
        return path
    address, _, query = path.partition("?")
    return f"{address}?{urlencode({**dict(parse_qsl(query)), 'limit': records})}"
