"""The event bus: what is told to the rest of the platform.

"PutEvents" in the Amazon EventBridge API reference: 10 entries and 256 KB a call, and each entry may be refused alone.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import batched, groupby
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from integrations.domain.errors import Unavailable
from integrations.domain.events import BusEvent, EntityChange

ENTRIES_PER_CALL = 4
"""So that entries with the longest ids, a hundred in each, stay under 256 KB."""
ENTITIES_PER_EVENT = 100
ATTEMPTS_MAXIMUM = 3
ENTITY_STORE = "wiserows.entities"


class EventsClient(Protocol):
    """What is used of boto3's EventBridge client."""

    def put_events(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""


class EventBus:
    """The bus of that name: the adapter of `sync.ports.Bus` and `sync.ports.EntityChanges`. What it returns from was
    taken by the bus."""

    def __init__(self, client: EventsClient, name: str) -> None:
        self._client = client
        self._name = name

    def publish(self, events: Sequence[BusEvent]) -> None:
        """Tells all of them, some perhaps twice. Raises `Unavailable` if one could not be told."""
        for some in batched(events, ENTRIES_PER_CALL, strict=False):
            self._put([self._entry(event) for event in some])

    def publish_changes(self, project_id: str, origin: str | None, changes: Sequence[EntityChange]) -> None:
        """Tells of entities that a pull of the integration `origin` has written. Raises `Unavailable`."""
        self.publish(list(_entity_events(project_id, origin, changes)))

    def _put(self, entries: list[dict[str, str]]) -> None:
        left = entries
        for _ in range(ATTEMPTS_MAXIMUM):
            try:
                results = self._client.put_events(Entries=left)["Entries"]
            except (BotoCoreError, ClientError) as error:
                raise Unavailable(f"the event bus did not take events: {type(error).__name__}") from error
            left = [entry for entry, result in zip(left, results, strict=True) if "ErrorCode" in result]
            if not left:
                return
        raise Unavailable(f"the event bus refused {len(left)} events {ATTEMPTS_MAXIMUM} times")

    def _entry(self, event: BusEvent) -> dict[str, str]:
        detail = json.dumps(dict(event.detail), ensure_ascii=False, separators=(",", ":"))
        return {"EventBusName": self._name, "Source": event.source, "DetailType": event.name, "Detail": detail}


def _entity_events(project_id: str, origin: str | None, changes: Sequence[EntityChange]) -> Iterator[BusEvent]:
    def alike(change: EntityChange) -> tuple[str, str]:
        return change.kind, change.entity_type_id

    for (kind, entity_type_id), group in groupby(sorted(changes, key=alike), key=alike):
        for some in batched(group, ENTITIES_PER_EVENT, strict=False):
            entities = [{"entityId": change.entity_id, "updatedAt": change.updated_at} for change in some]
            detail = {"projectId": project_id, "entityTypeId": entity_type_id, "origin": origin, "entities": entities}
            yield BusEvent(f"entity.{kind}", ENTITY_STORE, detail)
