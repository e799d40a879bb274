"""Services that know their records by content: keys, look-ups, several ids of one record."""

from dataclasses import replace

import pytest

from integrations.domain.field_mapping import FieldMapping
from integrations.domain.identity import entity_id_of_record
from integrations.domain.job import Progress
from integrations.domain.link import Link
from tests.fakes.contacts import FakeContacts, FakePersons
from tests.unit.sync.world import INTEGRATION, PROJECT, World

MAPPINGS = (FieldMapping("fields.email", "email"), FieldMapping("fields.name", "name"))


def served(provider):
    world = World()
    world.serve(provider)
    world.configure(MAPPINGS, entityTypes={"article": "contact"})
    return world


@pytest.fixture
def contacts():
    return FakeContacts()


@pytest.fixture
def world(contacts):
    world = served(contacts)
    for number in range(5):
        world.write(f"c{number}", email=f"c{number}@example.com", name=f"Name {number}")
    return world


@pytest.fixture
def persons():
    return FakePersons()


def link_of(world, entity_id):
    return world.links.read(PROJECT, INTEGRATION, [entity_id]).get(entity_id)


def test_a_push_sends_records_under_the_key_of_their_content(world, contacts):
    assert world.run("push").progress == Progress(5, 5, 0)
    assert contacts.contacts["c3@example.com"] == {"email": "c3@example.com", "name": "Name 3"}
    assert link_of(world, "c3").external_id == "c3@example.com"
    before = len(contacts.batches)
    assert world.run("push").progress == Progress(5, 5, 0)
    assert len(contacts.batches) == before


def test_a_changed_key_is_another_record_of_which_everything_is_sent(world, contacts):
    world.run("push")
    world.write("c3", email="new@example.com")
    world.run("push")
    (record,) = contacts.batches[-1]
    assert (record.external_id, record.changed, record.known) == ("new@example.com", {"email", "name"}, False)
    assert link_of(world, "c3").external_id == "new@example.com"


def test_a_changed_value_is_sent_alone_with_the_entitys_time(world, contacts):
    world.run("push")
    world.write("c3", name="Changed")
    world.run("push")
    (record,) = contacts.batches[-1]
    assert (record.changed, record.known) == ({"name"}, True)
    assert record.updated_at == world.entity("c3").updated_at


def test_a_record_without_a_key_fails_alone(world, contacts):
    world.write("c3", email="")
    job = world.run("push")
    assert job.progress == Progress(5, 4, 1)
    assert [line for line in world.log(job) if line.startswith("c3:") and "key_missing" in line]


def test_types_that_cannot_be_pushed_are_not_looked_at(world, contacts):
    world.configure(MAPPINGS, entityTypes={"article": "visit"})
    assert world.run("push").progress == Progress(0, 0, 0)
    assert contacts.batches == []


def test_an_entity_that_another_service_gave_us_is_pushed_by_its_content(world, contacts):
    entity_id = entity_id_of_record("sanity", "elsewhere", "post", "1")
    world.write(entity_id, email="x@example.com", name="X")
    assert world.run("push").progress.failed == 0
    assert contacts.contacts["x@example.com"]["name"] == "X"


def test_a_pull_looks_up_the_record_of_each_entity(world, contacts):
    contacts.contacts["c1@example.com"] = {"email": "c1@example.com", "name": "Theirs"}
    job = world.run("pull")
    assert (job.status, job.progress) == ("completed", Progress(5, 5, 0))
    assert world.entity("c1").fields["name"] == "Theirs"
    assert world.entity("c2").fields["name"] == "Name 2"
    assert [len(ids) for ids in contacts.lookups] == [2, 2, 1]
    assert link_of(world, "c1").external_id == "c1@example.com"
    assert link_of(world, "c2") is None


def test_a_pull_after_a_push_writes_nothing_and_an_edit_changes_one_entity(world, contacts):
    world.run("push")
    before = {number: world.entity(f"c{number}") for number in range(5)}
    assert world.run("pull").progress == Progress(5, 5, 0)
    assert before == {number: world.entity(f"c{number}") for number in range(5)}
    contacts.contacts["c4@example.com"]["name"] = "Edited"
    world.run("pull")
    assert world.entity("c4").fields["name"] == "Edited"
    assert before == {number: world.entity(f"c{number}") for number in range(4)} | {4: before[4]}
    pushes = len(contacts.batches)
    world.run("push")
    assert len(contacts.batches) == pushes


def test_a_pull_of_entities_without_a_link_says_so(world, contacts):
    world.run("push", entity_ids=("c1",))
    job = world.run("pull", entity_ids=("c1", "c2", "nobody"))
    assert job.progress == Progress(3, 1, 2)
    assert [line for line in world.log(job) if line.startswith("c2:") and "not_linked" in line]
    assert [line for line in world.log(job) if line.startswith("nobody:") and "entity_not_found" in line]


def test_an_entity_whose_key_is_missing_fails_a_pull_until_it_has_one(world, contacts):
    world.write("c3", email=None)
    assert world.run("pull").progress == Progress(5, 4, 1)
    assert world.run("pull").progress == Progress(5, 4, 1)
    world.write("c3", email="c3@example.com")
    assert world.run("pull").progress == Progress(5, 5, 0)
    assert world.failures("pull") == {}


def test_a_pull_by_look_up_goes_on_where_its_slice_ended(world, contacts):
    world.slice_ms = 2_000
    job = world.run("pull")
    assert job.progress == Progress(5, 5, 0)
    assert sum(len(ids) for ids in contacts.lookups) == 5


def test_a_listed_record_is_linked_by_any_of_its_ids(persons):
    world = served(persons)
    world.write("p1", email="known", name="Ours")
    world.run("push")
    persons.contacts["known"]["name"] = "Theirs"
    persons.ids["known"] = ("anonymous", "known")
    assert world.run("pull").progress == Progress(1, 1, 0)
    assert world.entity("p1").fields == {"email": "known", "name": "Theirs"}
    assert list(world.tables.entities[PROJECT, "article"]) == ["p1"]


def test_records_of_nobody_become_entities_once(persons):
    world = served(persons)
    persons.contacts |= {name: {"name": name.upper()} for name in ("a", "b", "c", "d")}
    persons.ids["b"] = ("b", "b2")
    assert world.run("pull").progress == Progress(4, 4, 0)
    persons.ids["b"] = ("b2", "b")
    assert world.run("pull").progress == Progress(4, 4, 0)
    assert len(world.tables.entities[PROJECT, "article"]) == 4
    found = world.entity(entity_id_of_record("sanity", "fake", "contact", "b"))
    assert found.fields == {"email": "b", "name": "B"}


def test_an_integration_made_again_finds_what_its_predecessor_pushed(persons):
    world = served(persons)
    world.write("p1", email="known", name="Ours")
    world.run("push")
    world.tables.links.clear()
    persons.contacts["new"] = {"name": "New"}
    assert world.run("pull").progress == Progress(2, 2, 0)
    assert len(world.tables.entities[PROJECT, "article"]) == 2
    assert link_of(world, "p1").external_id == "known"


def test_without_a_change_feed_every_pull_is_full(persons):
    world = served(persons)
    persons.contacts["a"] = {"name": "A"}
    first, second = world.run("pull"), world.run("pull")
    assert second.checkpoint["mode"] == "full"
    assert first.progress == second.progress == Progress(1, 1, 0)


def test_what_was_known_of_a_key_is_no_memory_of_another(world, contacts):
    world.run("push")
    link = link_of(world, "c1")
    world.links.write(PROJECT, INTEGRATION, [replace(link, external_id="old@example.com", entity_updated_at=0)])
    world.run("push")
    assert [record.changed for record in contacts.batches[-1]] == [{"email", "name"}]
    assert isinstance(link_of(world, "c1"), Link)
    assert link_of(world, "c1").external_id == "c1@example.com"
