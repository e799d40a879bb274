"""Jobs of every kind just before they begin: each has a record to refuse, a conflict where its service can have one,
and failures of an earlier run of which one goes through now and one doesn't."""

from collections.abc import Callable
from dataclasses import replace

from integrations.domain.errors import RateLimited
from integrations.domain.field_mapping import FieldMapping
from integrations.domain.job import Direction, Mode
from integrations.providers.contract import Notice
from tests.fakes.contacts import FakeContacts, FakePersons
from tests.fakes.measuring import FakeMeasuring
from tests.unit.sync.world import INTEGRATION, PROJECT, World

PERSON_MAPPINGS = (
    FieldMapping("fields.email", "email"),
    FieldMapping("fields.name", "name"),
    FieldMapping("fields.bio", "bio", "markdown_to_html"),
)


def asked(world: World, direction: Direction, mode: Mode | None = None, ids: tuple[str, ...] | None = None) -> World:
    """The world with one more job, and its wake-up, a quarter of an hour later."""
    world.clock.advance(900_000)
    world.wake_ups.sent.clear()
    world.trigger(direction, mode, ids)
    world.wake_ups.send(PROJECT, INTEGRATION, 0)
    return world


def documents() -> World:
    """Pushed, but for one that the mapping refuses and two that the service does."""
    world = World()
    for number in range(9):
        world.write(f"a{number}", title=f"Title {number}", body=f"Text {number}", description="short")
    world.write("a5", body=5)
    world.service.poisoned = {"a1", "a6"}
    world.run("push")
    world.clock.advance(900_000)
    return world


def edited_documents() -> World:
    """Both sides changed since."""
    world = documents()
    world.service.poisoned = {"a2", "a6"}
    for entity_id in ("a1", "a2", "a3", "a4"):
        world.write(entity_id, title="Ours")
    world.service.edit(world.external_id("a3"), title="Theirs")
    world.service.edit(world.external_id("a7"), title="Theirs")
    world.write("a7", description="ours")
    world.archive("a8")
    world.write("b1", title="New", body="Text")
    return world


def pulled_documents() -> World:
    """Pulled, but for two records that have no text where a text belongs; edited on both sides since."""
    world = documents()
    for entity_id in ("a0", "a2"):
        world.service.edit(world.external_id(entity_id), body=5)
    world.service.put("new-0", {"_type": "post", "title": "Born there", "body": "<p>x</p>"})
    world.clock.advance(900_000)
    world.run("pull")
    world.clock.advance(900_000)
    world.service.edit(world.external_id("a0"), body="<p>Mended</p>")
    world.service.edit(world.external_id("a3"), title="Theirs", body="<p>Theirs <em>too</em></p>")
    world.write("a3", title="Ours")
    world.service.edit(world.external_id("a4"), title="Theirs")
    world.service.edit(world.external_id("a7"), body=5)
    for name in ("new-1", "new-2"):
        world.service.put(name, {"_type": "post", "title": name, "body": "<p>x</p>"})
    return world


def slow_documents() -> World:
    """A slice has time for one batch only, the service takes its time, and an answer gets lost."""
    world = edited_documents()
    world.slice_ms = 1
    world.service.faults = [None, RateLimited("too many", retry_after_seconds=30)]
    world.service.lose_answers = 1
    return world


def contacts(service: FakeContacts) -> World:
    """Pushed, but for two without a key; one of them has one now, and another one has lost its key."""
    world = World()
    world.serve(service)
    world.configure(PERSON_MAPPINGS, entityTypes={"article": "contact"})
    for number in range(8):
        email = "" if number in (1, 2) else f"c{number}@example.com"
        world.write(f"c{number}", email=email, name=f"Name {number}")
    world.run("push")
    world.run("pull")
    world.write("c1", email="c1@example.com")
    world.write("c3", email="")
    world.write("c4", name="Ours")
    world.write("c5", email="moved@example.com")
    world.write("c9", email="c9@example.com", name="New", bio=7)
    service.contacts["c4@example.com"]["name"] = "Theirs"
    service.contacts["c6@example.com"]["name"] = "Theirs"
    return world


def persons() -> World:
    """Listed: new ones, one under another of its ids, and two with something else where a text belongs."""
    service = FakePersons()
    world = contacts(service)
    service.contacts |= {name: {"email": name, "bio": 5} for name in ("bad-1", "bad-2")}
    world.run("pull")
    service.contacts["bad-1"]["bio"] = "<p>mended</p>"
    service.contacts |= {
        "bad-3": {"email": "bad-3", "bio": 5},
        "new": {"email": "new", "name": "New", "bio": "<p>x</p>"},
    }
    service.contacts["c7@example.com"]["name"] = "Theirs"
    service.ids["c7@example.com"] = ("another", "c7@example.com")
    return world


def figures() -> World:
    """Measured before; since then a contested page is one entity's, another is contested, one isn't viewed any more."""
    world, service = World(), FakeMeasuring(notices=(Notice("day-1", "the first day was cut"),))
    world.serve(service)
    match = {"source": "fields.url", "target": "page"}
    world.configure((FieldMapping("fields.views", "views"),), entityTypes={"article": "row"}, match=match)
    for number in range(6):
        world.write(f"a{number}", url=f"/{number}", title="Page")
    world.write("b1", url="/1")
    world.write("c1", url="/2")
    service.rows = [(f"https://example.com/{number}", number + 1) for number in range(5)]
    world.run("pull")
    world.write("b1", url="/elsewhere")
    world.write("b3", url="/3")
    world.write("a4", views=1_000)
    service.rows = [(f"https://example.com/{number}", number + 10) for number in range(1, 8)]
    return world


def inactive() -> World:
    """Switched off since."""
    world = edited_documents()
    world.integrations.put(replace(world.integration, status="inactive"))
    return world


SCENARIOS: dict[str, Callable[[], World]] = {
    "documents, push": lambda: asked(edited_documents(), "push"),
    "documents, pull": lambda: asked(pulled_documents(), "pull"),
    "documents, push by id": lambda: asked(edited_documents(), "push", ids=("a1", "a2", "a3", "a4", "a7", "a8", "no")),
    "documents, pull by id": lambda: asked(pulled_documents(), "pull", ids=("a0", "a2", "a3", "a5", "a7", "no")),
    "contacts, push": lambda: asked(contacts(FakeContacts()), "push"),
    "contacts, pull": lambda: asked(contacts(FakeContacts()), "pull"),
    "persons, pull": lambda: asked(persons(), "pull"),
    "figures, pull": lambda: asked(figures(), "pull"),
}
FURTHER_SCENARIOS: dict[str, Callable[[], World]] = {
    "documents, push in short slices": lambda: asked(slow_documents(), "push"),
    "documents, incremental push": lambda: asked(edited_documents(), "push", "incremental"),
    "documents, resync push": lambda: asked(edited_documents(), "push", "resync"),
    "documents, full pull": lambda: asked(pulled_documents(), "pull", "full"),
    "documents, resync pull": lambda: asked(pulled_documents(), "pull", "resync"),
    "documents, inactive": lambda: asked(inactive(), "push"),
    "persons, push": lambda: asked(persons(), "push"),
    "persons, incremental pull": lambda: asked(persons(), "pull", "incremental"),
}
"""For tests that may take longer."""
