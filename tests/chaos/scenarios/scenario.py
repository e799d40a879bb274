"""What every scenario has: a project's integration with entity types of its own, edits on both sides, expectations."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

from tests.e2e.platform import Platform
from tests.e2e.simulators import Simulator

type Rows = Mapping[str, Mapping[str, Any]]
"""What there is, or should be, by what tells it apart."""

SHOWN = 3


@dataclass(slots=True)
class Place:
    """Where a scenario plays: `tag` is part of every name that it gives, `random` chooses its edits."""

    platform: Platform
    tag: str
    random: Random


class Scenario(ABC):
    """One integration's story. Edits happen between its runs only; nobody edits the same field on both sides, and no
    value comes twice."""

    service: ClassVar[str]
    directions: ClassVar[tuple[str, ...]] = ("push", "pull")

    def __init__(self, place: Place) -> None:
        self.place = place
        self._versions = 0

    @property
    def entity_type(self) -> str:
        """Its entity type."""
        return f"type-{self.place.tag}"

    @property
    def simulator(self) -> Simulator:
        """Its service."""
        return self.place.platform.simulator(self.service)

    @abstractmethod
    def definition(self) -> dict[str, Any]:
        """The integration, as `make integration` takes it."""

    @abstractmethod
    def begin(self) -> None:
        """Makes what there is on either side before the first run."""

    @abstractmethod
    def edit(self) -> None:
        """Changes something on each side."""

    def exchanged(self, direction: str) -> None:  # noqa: B027 - most have nothing to do then
        """A run of this direction came through with nothing failed, and nothing was edited since it began."""

    @abstractmethod
    def violations(self) -> Iterable[str]:
        """How either side differs from what it should hold."""

    @abstractmethod
    def service_state(self) -> object:
        """All that the service holds of it, revisions included: a run that writes nothing leaves it the same."""

    def remember(self) -> None:  # noqa: B027 - most need nothing
        """Takes in what `remote_id` needs of the service as it is now."""

    @abstractmethod
    def remote_id(self, entity_id: str, fields: Mapping[str, Any]) -> str | None:
        """The external id that the entity's link has to have; None if there has to be none."""

    @abstractmethod
    def counts(self) -> Mapping[str, int]:
        """By direction, how many records a run has to count when nothing has changed."""

    def pulled_through(self) -> str | None:
        """The pull's watermark, where the service has a feed of changes."""
        return None

    def watermarks(self) -> Mapping[str, str]:
        """By direction, the watermarks there have to be when all was exchanged."""
        pushed = max((each["updatedAt"] for each in self.place.platform.entities(self.entity_type).values()), default=0)
        expected = {"push": str(pushed) if "push" in self.directions else None, "pull": self.pulled_through()}
        return {direction: value for direction, value in expected.items() if value}

    def entity_count(self) -> int:
        """How many entities there are."""
        return len(self.place.platform.entities(self.entity_type))

    def state(self) -> object:
        """Both sides."""
        entities = self.place.platform.entities(self.entity_type)
        here = {entity_id: (each["raw"], each["updatedAt"]) for entity_id, each in entities.items()}
        return here, self.service_state()

    def integration(self, config: Mapping[str, Any], mappings: Mapping[str, str], **credentials: Any) -> dict[str, Any]:
        """The definition with plain mappings, from source to target."""
        return {
            "type": self.service,
            "name": f"Chaos {self.place.tag}",
            "config": dict(config),
            "fieldMappings": [{"source": f"fields.{name}", "target": target} for name, target in mappings.items()],
            "credentials": credentials,
        }

    def new_value(self, word: str) -> str:
        """A text that never was there before."""
        return f"{word} {self.new_number()}"

    def new_number(self) -> int:
        """Greater than all before."""
        self._versions += 1
        return self._versions

    def write(self, entity_id: str, **fields: object) -> int:
        """Creates or changes an entity; its `updatedAt`."""
        return self.place.platform.write_entity(self.entity_type, entity_id, **fields)

    def fields_by(self, name: str) -> tuple[dict[str, dict[str, Any]], list[str]]:
        """The entities' fields by one of them, and the values of it that more than one entity has."""
        found: dict[str, dict[str, Any]] = {}
        doubled = []
        for entity_id, entity in self.place.platform.entities(self.entity_type).items():
            key = str(entity["fields"].get(name, f"entity {entity_id}"))
            doubled += [key] if key in found else []
            found[key] = entity["fields"]
        return found, doubled


def differences(what: str, expected: Rows, found: Rows, doubled: Iterable[str] = ()) -> Iterable[str]:
    """What is lost, doubled, too much or not as it should be, a line for each kind of it."""
    lost = sorted(expected.keys() - found.keys())
    others = sorted(found.keys() - expected.keys())
    wrong = [key for key in sorted(expected.keys() & found.keys()) if expected[key] != found[key]]
    for kind, keys in (("lost", lost), ("doubled", sorted(doubled)), ("not expected", others)):
        if keys:
            yield f"{what}: {len(keys)} {kind}: {', '.join(keys[:SHOWN])}"
    if wrong:
        shown = "; ".join(f"{key} is {found[key]}, should be {expected[key]}" for key in wrong[:SHOWN])
        yield f"{what}: {len(wrong)} wrong: {shown}"
