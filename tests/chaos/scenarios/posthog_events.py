"""Events: those that entities become in PostHog, and those that PostHog's become here."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

from tests.chaos.scenarios.posthog import PostHogScenario
from tests.chaos.scenarios.scenario import Place, differences

ORDERS, ORDERS_MAXIMUM = 12, 24
VISITS, VISITS_MAXIMUM = 40, 70


class PushedEvents(PostHogScenario):
    """Each state of an order that a run sees becomes one event, however often it is sent."""

    directions: ClassVar[tuple[str, ...]] = ("push",)

    def __init__(self, place: Place, number: int) -> None:
        super().__init__(place, number)
        self._states: dict[str, dict[int, str]] = {}

    def definition(self) -> dict[str, Any]:
        """Who, and what it came to."""
        return self.posthog("event:order", {"who": "distinct_id", "amount": "properties.amount"})

    def begin(self) -> None:
        """Orders, all here."""
        for _ in range(ORDERS):
            self._write_new()

    def edit(self) -> None:
        """Some change, one may be new."""
        random = self.place.random
        for who in random.sample(sorted(self._states), 4):
            self._write(who)
        if random.random() < 0.5 and len(self._states) < ORDERS_MAXIMUM:
            self._write_new()

    def violations(self) -> Iterable[str]:
        """By time: each event is a state that there was, and the last state of each is among them."""
        by_state: dict[tuple[str, int], set[str]] = {}
        for event in self.dump("events"):
            at = round(datetime.fromisoformat(event["timestamp"]).astimezone(UTC).timestamp() * 1_000)
            by_state.setdefault((event["distinct_id"], at), set()).add(event["uuid"])
            if self._states.get(event["distinct_id"], {}).get(at) != event["properties"].get("amount"):
                yield f"events: {event['distinct_id']} never was as in the event {event}"
        for (who, at), uuids in by_state.items():
            if len(uuids) > 1:
                yield f"events: doubled: {len(uuids)} for the state of {who} at {at}"
        for who, states in self._states.items():
            if (who, max(states)) not in by_state:
                yield f"events: lost: the last state of {who}, {states[max(states)]}"

    def remote_id(self, entity_id: str, fields: Mapping[str, Any]) -> str:
        """An entity's events have ids of their own; the link keeps the one that the entity makes."""
        made = f"{self.place.platform.stack['projectId']}|{entity_id}"
        return f"e-{sha256(made.encode()).hexdigest()[:32]}"

    def counts(self) -> Mapping[str, int]:
        """All are looked at."""
        return {"push": len(self._states)}

    def _write_new(self) -> None:
        self._write(f"{self.place.tag}-w{len(self._states):02d}")

    def _write(self, who: str) -> None:
        amount = self.new_value("amount")
        self._states.setdefault(who, {})[self.write(who, who=who, amount=amount)] = amount


class PulledEvents(PostHogScenario):
    """Events come late and between others, as from telephones that were offline."""

    directions: ClassVar[tuple[str, ...]] = ("pull",)

    def __init__(self, place: Place, number: int) -> None:
        super().__init__(place, number)
        self._visits: dict[str, dict[str, str]] = {}

    def definition(self) -> dict[str, Any]:
        """The uuid tells them apart."""
        mappings = {"uuid": "uuid", "who": "distinct_id", "kind": "properties.kind"}
        return self.posthog("event:visit", mappings)

    def begin(self) -> None:
        """Some in PostHog."""
        self._make(VISITS)

    def edit(self) -> None:
        """A few more."""
        self._make(min(self.place.random.randrange(4), VISITS_MAXIMUM - len(self._visits)))

    def violations(self) -> Iterable[str]:
        """By uuid."""
        found, doubled = self.fields_by("uuid")
        yield from differences("entities", self._visits, found, doubled)

    def remote_id(self, entity_id: str, fields: Mapping[str, Any]) -> str:
        """The event's uuid."""
        return str(fields["uuid"])

    def counts(self) -> Mapping[str, int]:
        """A run reads the last three days again, and no event is older."""
        return {"pull": len(self._visits)}

    def pulled_through(self) -> str:
        """The newest event."""
        newest = max(datetime.fromisoformat(event["timestamp"]).astimezone(UTC) for event in self.dump("events"))
        return newest.isoformat().replace("+00:00", "Z")

    def _make(self, count: int) -> None:
        random = self.place.random
        made = []
        for _ in range(count):
            uuid = str(UUID(int=random.getrandbits(128), version=4))
            self._visits[uuid] = {"uuid": uuid, "who": f"reader-{random.randrange(5)}", "kind": self.new_value("kind")}
            properties = {"kind": self._visits[uuid]["kind"], "$process_person_profile": False}
            who, at = self._visits[uuid]["who"], self.hours_ago(random.uniform(0.1, 40))
            made.append({"uuid": uuid, "event": "visit", "distinct_id": who, "timestamp": at, "properties": properties})
        if made:
            self.seed(*made)
