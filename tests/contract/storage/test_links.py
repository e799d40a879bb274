import hashlib
from dataclasses import replace

import pytest

from integrations.domain.entity import Entity
from integrations.domain.identity import external_id_of_entity
from integrations.domain.link import Link, Superseded, TargetMemory
from integrations.storage.attributes import item_bytes, to_attributes
from integrations.storage.link_items import link_to_item
from tests.contract.storage.faults import unprocessed
from tests.contract.storage.world import NOW, DynamoWorld, World

SCOPE = ("demo", "int_demo_sanity")
DEMO_TARGETS = ("title", "slug.current", "body", "seo.description")


def a_hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:12]


def a_link(entity_id: str = "e1", **changes: object) -> Link:
    link = Link(
        entity_id=entity_id,
        external_id=external_id_of_entity("demo", entity_id),
        entity_updated_at=NOW,
        mapping_version=1,
        revision="0zL3yJ9Tqk0aT4ZcQe2xPf",
        targets={target: TargetMemory(a_hash(target), a_hash(target + "!")) for target in DEMO_TARGETS},
    )
    return replace(link, **changes)


@pytest.mark.parametrize(
    "link",
    [
        a_link(),
        a_link(external_id="drafts.x", revision=None, targets={}),
        a_link(targets={"a": TargetMemory(b"", b"seen"), "b": TargetMemory(b"made", b""), "c": TargetMemory(b"", b"")}),
        a_link(superseded=(Superseded("title", a_hash("old"), NOW), Superseded("body", a_hash("older"), NOW + 1))),
        a_link().emptied(NOW),
        a_link(external_id=""),
    ],
)
def test_a_link_is_read_as_it_was_written(world: World, link: Link):
    world.links.write(*SCOPE, [link])
    assert world.links.read(*SCOPE, ["e1", "missing", "e1"]) == {"e1": link}
    assert world.links.between(*SCOPE, "", "e1") == {"e1": link}
    assert world.links.read("demo", "another", ["e1"]) == {}


def test_the_later_link_of_an_entity_stays(world: World):
    world.links.write(*SCOPE, [a_link(revision="1"), a_link("e2"), a_link(revision="2")])
    assert world.links.read(*SCOPE, ["e1"])["e1"].revision == "2"
    world.links.write(*SCOPE, [a_link(revision=None)])
    assert world.links.read(*SCOPE, ["e1"])["e1"].revision is None


def test_a_range_of_links_begins_after_one_id_and_ends_with_another(world: World):
    world.links.write(*SCOPE, [a_link(id) for id in ("a", "b", "c", "d")])
    assert list(world.links.between(*SCOPE, "a", "c")) == ["b", "c"]
    assert list(world.links.between(*SCOPE, "aa", "cc")) == ["b", "c"]
    assert list(world.links.between(*SCOPE, "", "b")) == ["a", "b"]
    assert list(world.links.between(*SCOPE, "d", "z")) == []
    assert list(world.links.between(*SCOPE, "b", "b")) == []


def test_a_thousand_links_and_more_are_written_and_read(world: World):
    links = [a_link(f"e{number:05d}") for number in range(1200)]
    world.links.write(*SCOPE, links)
    found = world.links.between(*SCOPE, "e00000", "e01199")
    assert list(found) == [link.entity_id for link in links[1:]]
    assert len(world.links.read(*SCOPE, [link.entity_id for link in links])) == 1200


def test_the_external_ids_of_all_links_are_told_with_their_entities(world: World):
    links = [a_link("b"), a_link("a", external_id="userId=1"), a_link("c", external_id="c@example.com")]
    world.links.write(*SCOPE, links)
    world.links.write("demo", "another", [a_link("d", external_id="d")])
    found = list(world.links.external_ids(*SCOPE))
    assert found == [("userId=1", "a"), (external_id_of_entity("demo", "b"), "b"), ("c@example.com", "c")]


def test_nothing_to_write_is_no_call(dynamo: DynamoWorld):
    dynamo.links.write(*SCOPE, [])
    dynamo.links.read(*SCOPE, [])
    assert dynamo.units.calls == []


def test_keys_left_unprocessed_are_tried_again_after_growing_waits(dynamo: DynamoWorld):
    links = [a_link(f"e{number:02d}") for number in range(10)]
    dynamo.client.inject("batch_write_item", unprocessed, unprocessed)
    dynamo.client.inject("batch_get_item", unprocessed, unprocessed)
    dynamo.links.write(*SCOPE, links)
    assert len(dynamo.links.read(*SCOPE, [link.entity_id for link in links])) == 10
    assert len(dynamo.sleeps) == 4
    assert min(dynamo.sleeps) > 0


def test_a_thousand_unchanged_entities_are_recognised_for_fifty_read_units(dynamo: DynamoWorld):
    ids = [f"{hashlib.sha256(str(number).encode()).hexdigest()[:32]}" for number in range(1000)]
    for id in ids:
        dynamo.entities.create("demo", Entity(id, "article", {"title": "A", "body": "x" * 2000}, NOW, NOW))
    dynamo.links.write(*SCOPE, [a_link(id) for id in ids])
    dynamo.units.read = dynamo.units.written = 0
    stamps = dynamo.entities.stamps("demo", "article", "", 1000)
    links = dynamo.links.between(*SCOPE, "", stamps[-1].id)
    assert len(stamps) == len(links) == 1000
    assert dynamo.units.read <= 50
    assert dynamo.units.written == 0


def test_a_first_push_of_a_thousand_entities_writes_a_unit_for_each_link(dynamo: DynamoWorld):
    dynamo.links.write(*SCOPE, [a_link(f"entity-{number:028d}") for number in range(1000)])
    assert dynamo.units.written == 1000


def test_a_link_of_the_demo_takes_less_than_300_bytes():
    item = link_to_item("LINK#demo#int_demo_sanity", "demo", a_link("a" * 36))
    assert item_bytes(to_attributes(item)) < 300
