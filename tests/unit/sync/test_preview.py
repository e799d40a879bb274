"""A preview says what the sync after it does, and does none of it."""

import copy
from dataclasses import dataclass, replace
from typing import Any

import pytest

from integrations.domain.errors import RetryLater
from integrations.domain.identity import entity_id_of_record
from integrations.domain.job import Direction
from integrations.providers.contract import OutgoingRecord, Rejected, RemoteRecord
from integrations.sync.losses import Losses, losses_by_archiving
from integrations.sync.preview import Change, Preview
from integrations.sync.previewing import preview_sync
from integrations.sync.run import Terms
from tests.fakes.contacts import FakeContacts
from tests.unit.sync.world import World

TABLES = ("entities", "links", "failures", "jobs", "integrations", "logs")


@dataclass
class Ports:
    world: World

    @property
    def connect(self) -> Any:
        return self.world.connect

    @property
    def entities(self) -> Any:
        return self.world.entities

    @property
    def links(self) -> Any:
        return self.world.links

    @property
    def now(self) -> Any:
        return self.world.clock


def everything(world: World) -> list[Any]:
    """All that is stored, here and there, and what was sent."""
    tables = [
        {place: found for place, found in table.items() if found}
        for table in map(world.tables.__getattribute__, TABLES)
    ]
    return [*tables, world.service.documents, world.service.batches, world.service.deletes]


def preview(world: World, direction: Direction, *entity_ids: str) -> list[Preview]:
    """The previews, after which all is as it was."""
    before = copy.deepcopy(everything(world))
    previews = preview_sync(world.integration, direction, entity_ids, Ports(world))
    assert before == everything(world)
    assert [each.entity_id for each in previews] == list(entity_ids)
    return previews


def actions(world: World, direction: Direction, *entity_ids: str) -> list[str]:
    return [each.action for each in preview(world, direction, *entity_ids)]


def test_a_new_entity_would_be_created_with_all_it_maps_to(world: World):
    world.write("a", title="A Title", body="*b*")
    [shown] = preview(world, "push", "a")
    assert shown == Preview(
        "a",
        world.external_id("a"),
        "create",
        (
            Change("title", None, "A Title"),
            Change("slug.current", None, "a-title"),
            Change("body", None, "<p><em>b</em></p>\n"),
        ),
    )
    world.run("push", entity_ids=("a",))
    assert {change.field.partition(".")[0] for change in shown.changes} == world.document("a").keys() - {"_type"}


def test_what_was_pushed_would_not_change_and_an_edit_shows_what_it_replaces(world: World):
    world.write("a", title="Old", body="b")
    world.run("push")
    assert actions(world, "push", "a") == ["none"]
    world.write("a", title="New")
    [shown] = preview(world, "push", "a")
    assert (shown.action, shown.changes) == (
        "update",
        (Change("title", "Old", "New"), Change("slug.current", "old", "new")),
    )


def test_a_conflict_is_seen_as_the_push_would_see_it(world: World):
    world.write("a", title="Old", body="b")
    world.run("push")
    world.write("a", title="Ours", body="c")
    world.service.edit(world.external_id("a"), title="Theirs")
    [shown] = preview(world, "push", "a")
    assert shown.action == "conflict"
    assert Change("title", "Theirs", "Ours") in shown.changes
    assert "changed on both sides: title." in str(shown.reason)
    assert "changed on both sides: title." in str(world.log(world.run("push", entity_ids=("a",))))
    world.configure(onConflict="overwrite")
    assert actions(world, "push", "a") == ["update"]


def test_what_is_there_already_would_not_be_sent(world: World):
    world.write("a", title="Old", body="b")
    world.run("push")
    world.write("a", title="Same")
    world.service.edit(world.external_id("a"), title="Same", slug={"current": "same"})
    assert actions(world, "push", "a") == ["none"]


def test_a_record_that_is_gone_would_be_created_again(world: World):
    world.write("a", title="Old", body="b")
    world.run("push")
    del world.service.documents[world.external_id("a")]
    world.write("a", body="c")
    [shown] = preview(world, "push", "a")
    assert shown.action == "create"
    assert {change.field for change in shown.changes} == {"title", "slug.current", "body"}


def test_a_missing_an_archived_and_an_unmappable_entity_would_fail_and_say_why(world: World):
    world.write("archived", title="x")
    world.archive("archived")
    world.write("odd", title={"not": "text"})
    shown = preview(world, "push", "nobody", "archived", "odd", "x-nothing")
    assert [each.action for each in shown] == ["fail"] * 4
    for each, code in zip(
        shown, ("entity_not_found", "entity_archived", "transform_type", "entity_not_found"), strict=True
    ):
        assert f"({code})" in str(each.reason)
    assert shown[0].external_id is None


def test_an_archived_entitys_record_would_be_deleted_where_that_is_wanted(world: World):
    for name in "abcdefghijkl":
        world.write(name, title=name)
    world.configure(onArchive="delete")
    world.run("push")
    world.archive("a")
    assert actions(world, "push", "a", "b") == ["delete", "none"]
    for name in "bcdefgh":
        world.archive(name)
    [shown] = preview(world, "push", "a")
    assert shown.action == "fail"
    assert "deletes_stopped" in str(shown.reason)


def test_what_would_be_deleted_is_counted_once_for_all_entities(world: World, monkeypatch: pytest.MonkeyPatch):
    names = "abcdefghijkl"
    for name in names:
        world.write(name, title=name)
    world.configure(onArchive="delete")
    world.run("push")
    for name in "ab":
        world.archive(name)
    counted = []

    def losses(terms: Terms) -> Losses:
        counted.append(terms)
        return losses_by_archiving(terms)

    monkeypatch.setattr("integrations.sync.preview_push.losses_by_archiving", losses)
    assert actions(world, "push", "a", "b", "c") == ["delete", "delete", "none"]
    assert len(counted) == 1


def test_a_deleted_record_would_not_be_deleted_again(world: World):
    world.write("a", title="a")
    world.configure(onArchive="delete")
    world.run("push")
    world.archive("a")
    world.run("push")
    assert actions(world, "push", "a") == ["none"]


def test_a_pull_shows_the_fields_that_it_would_write(world: World):
    world.write("a", title="Old", body="b")
    world.run("push")
    assert actions(world, "pull", "a") == ["none"]
    world.service.edit(world.external_id("a"), title="Theirs", body="<p>new <em>text</em></p>")
    [shown] = preview(world, "pull", "a")
    assert shown.action == "update"
    assert set(shown.changes) == {Change("fields.title", "Old", "Theirs"), Change("fields.body", "b", "new *text*\n")}
    world.run("pull", entity_ids=("a",))
    assert world.entity("a").fields["title"] == "Theirs"


def test_a_pull_shows_conflicts_with_both_values(world: World):
    world.write("a", title="Old")
    world.run("push")
    world.write("a", title="Ours")
    world.service.edit(world.external_id("a"), title="Theirs")
    [shown] = preview(world, "pull", "a")
    assert (shown.action, shown.changes) == ("conflict", (Change("fields.title", "Ours", "Theirs"),))
    assert "changed on both sides" in str(shown.reason)


def test_a_pull_of_what_has_no_record_would_fail(world: World):
    world.write("a", title="A")
    world.write("b", title="B")
    world.run("push", entity_ids=("b",))
    del world.service.documents[world.external_id("b")]
    shown = preview(world, "pull", "a", "b")
    assert [each.action for each in shown] == ["fail", "fail"]
    assert "(not_linked)" in str(shown[0].reason)
    assert "(record_missing)" in str(shown[1].reason)


def test_a_pull_would_make_an_entity_again_whose_record_is_linked(world: World):
    world.service.put("doc", {"_type": "post", "title": "There"})
    entity_id = entity_id_of_record("sanity", "fake", "post", "doc")
    world.run("pull")
    assert actions(world, "pull", entity_id) == ["none"]
    del world.tables.entities["demo", "article"][entity_id]
    [shown] = preview(world, "pull", entity_id)
    assert (shown.action, shown.changes) == ("create", (Change("fields.title", None, "There"),))


class Contacts(FakeContacts):
    """Refuses what it can foresee."""

    def refusal_of(self, record: OutgoingRecord, there: RemoteRecord | None) -> Rejected | None:
        bad = record.targets["email"] == "bad"
        return Rejected(record.entity_id, "contact_refused", "no such address") if bad else None


@pytest.fixture
def contacts(world: World) -> Contacts:
    world.configure([replace(world.integration.field_mappings[0], target="email")])
    contacts = Contacts()
    world.serve(contacts)
    return contacts


def test_a_service_that_is_only_looked_up_is_compared_as_far_as_that_goes(world: World, contacts: Contacts):
    for name in ("new", "there", "bad"):
        world.write(name, title=name)
    contacts.contacts = {"there": {"email": "there"}}
    shown = preview(world, "push", "new", "there", "bad")
    assert [each.action for each in shown] == ["create", "none", "fail"]
    assert "no such address" in str(shown[2].reason)
    assert not contacts.batches
    assert contacts.lookups == [["new", "there"], ["bad"]]


def test_a_service_that_is_too_slow_for_so_many_is_given_up(world: World, contacts: Contacts, monkeypatch):
    for name in ("a", "b", "c"):
        world.write(name, title=name)
    monkeypatch.setattr(contacts, "read_records", lambda ids: world.clock.advance(11_000) and {})
    with pytest.raises(RetryLater):
        preview_sync(world.integration, "push", ("a", "b", "c"), Ports(world))
