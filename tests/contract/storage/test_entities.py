import json
from dataclasses import replace

import pytest

from integrations.domain.entity import Entity, EntityStamp
from integrations.domain.errors import RecordRejected, Unavailable
from integrations.storage.entity_items import FIELDS_MAXIMUM_BYTES
from integrations.storage.table import Table
from tests.contract.storage.faults import lost_acknowledgement
from tests.contract.storage.world import NOW, DynamoWorld, World

FIELDS = {
    "title": "Zoë \U0001f600",
    "ratio": 0.1,
    "count": 12345678901234567890,
    "nothing": None,
    "tags": ["a", {"b": [True]}],
    "": "",
}


def an_entity(id: str = "e1", **changes: object) -> Entity:
    return replace(Entity(id, "article", FIELDS, NOW, NOW), **changes)


def create(world: World, *entities: Entity) -> None:
    for entity in entities:
        assert world.entities.create("demo", entity)


def test_an_entity_is_read_as_it_was_created(world: World):
    archived = an_entity("e2", archived_at=NOW + 5)
    create(world, an_entity(), archived)
    assert world.entities.read("demo", "article", ["e2", "e1", "e1", "missing"]) == {"e1": an_entity(), "e2": archived}


def test_entities_of_other_projects_and_types_are_others(world: World):
    create(world, an_entity())
    assert world.entities.read("other", "article", ["e1"]) == {}
    assert world.entities.read("demo", "page", ["e1"]) == {}
    assert world.entities.stamps("demo", "page", "", 10) == []


def test_ids_that_no_entity_can_have_are_not_found(world: World):
    assert world.entities.read("demo", "article", ["", "x" * 2000]) == {}
    assert world.entities.read("demo", "article", []) == {}


def test_an_id_that_is_taken_is_not_created_again(world: World):
    create(world, an_entity())
    assert not world.entities.create("demo", an_entity(fields={"title": "other"}))
    assert world.entities.read("demo", "article", ["e1"])["e1"] == an_entity()


def test_an_entity_is_replaced_if_nobody_changed_it_meanwhile(world: World):
    create(world, an_entity(archived_at=NOW))
    changed = an_entity(fields={"title": "B"}, updated_at=NOW + 1, created_at=7)
    assert world.entities.replace("demo", changed, NOW)
    assert world.entities.read("demo", "article", ["e1"])["e1"] == replace(changed, created_at=NOW)
    late = an_entity(fields={"title": "C"}, updated_at=NOW + 2)
    assert not world.entities.replace("demo", late, NOW)
    assert world.entities.replace("demo", replace(late, archived_at=NOW + 2), NOW + 1)
    assert world.entities.read("demo", "article", ["e1"])["e1"] == replace(late, archived_at=NOW + 2)


def test_an_entity_that_is_missing_is_not_replaced(world: World):
    assert not world.entities.replace("demo", an_entity(), NOW)
    assert world.entities.read("demo", "article", ["e1"]) == {}


def test_the_largest_entity_is_stored_and_a_larger_one_refused(world: World):
    overhead = len(json.dumps({"body": ""}, separators=(",", ":")))
    largest = {"body": "é" * ((FIELDS_MAXIMUM_BYTES - overhead) // 2)}
    create(world, an_entity(fields=largest))
    larger = {"body": largest["body"] + "éé"}
    with pytest.raises(RecordRejected, match="at most 358400") as raised:
        world.entities.create("demo", an_entity("e2", fields=larger))
    assert raised.value.code == "entity_too_large"
    with pytest.raises(RecordRejected):
        world.entities.replace("demo", an_entity(fields=larger, updated_at=NOW + 1), NOW)


def test_half_a_surrogate_pair_is_kept(world: World):
    create(world, an_entity(fields={"title": "\ud800"}))
    assert world.entities.read("demo", "article", ["e1"])["e1"].fields == {"title": "\ud800"}


def test_stamps_come_by_id_and_pages_end_with_a_short_one(world: World):
    for id in ("b", "a", "ä", "c", "B"):
        create(world, an_entity(id, archived_at=NOW if id == "c" else None))
    first = world.entities.stamps("demo", "article", "", 3)
    assert first == [EntityStamp(id, "article", NOW) for id in ("B", "a", "b")]
    second = world.entities.stamps("demo", "article", "b", 3)
    assert second == [EntityStamp("c", "article", NOW, NOW), EntityStamp("ä", "article", NOW)]
    assert world.entities.stamps("demo", "article", "ä", 3) == []


def test_changes_come_by_time_and_id_even_where_many_share_a_millisecond(world: World):
    times = {"a": 5, "f": 5, "c": 5, "e": 5, "b": 5, "g": 4, "d": 6, "h": 3}
    for id, at in times.items():
        create(world, an_entity(id, updated_at=at))
    expected = sorted((at, id) for id, at in times.items() if at >= 4)
    seen: list[tuple[int, str]] = []
    after = None
    while page := world.entities.stamps_updated_since("demo", "article", 4, after, 2):
        assert len(page) <= 2
        seen += [(stamp.updated_at, stamp.id) for stamp in page]
        after = seen[-1]
        assert len(seen) <= len(expected)
    assert seen == expected


def test_changes_of_one_millisecond_are_in_order_though_the_index_has_none(dynamo: DynamoWorld):
    for id in ("a", "b", "c", "d"):
        create(dynamo, an_entity(id, updated_at=5))

    def backwards(call, parameters):
        answer = call(**{name: value for name, value in parameters.items() if name != "Limit"})
        return {"Items": answer["Items"][::-1]}

    dynamo.client.inject("query", backwards, backwards)
    first = dynamo.entities.stamps_updated_since("demo", "article", 0, None, 2)
    second = dynamo.entities.stamps_updated_since("demo", "article", 0, (5, "b"), 2)
    assert [stamp.id for stamp in (*first, *second)] == ["a", "b", "c", "d"]


def test_more_entities_than_one_read_takes_are_read(dynamo: DynamoWorld):
    for number in range(130):
        create(dynamo, an_entity(f"e{number}", fields={"number": number}))
    found = dynamo.entities.read("demo", "article", [f"e{number}" for number in range(130)])
    assert {entity.fields["number"] for entity in found.values()} == set(range(130))


def test_entities_larger_than_one_answer_together_are_all_read(dynamo: DynamoWorld):
    ids = [f"e{number}" for number in range(60)]
    for id in ids:
        create(dynamo, an_entity(id, fields={"body": "x" * 340_000}))
    assert set(dynamo.entities.read("demo", "article", ids)) == set(ids)


def test_an_item_that_somebody_else_wrote_is_an_entity(dynamo: DynamoWorld, dynamodb):
    item = {
        "pk": {"S": "demo#article"},
        "id": {"S": "e1"},
        "fields": {"S": '{"title": "A"}'},
        "createdAt": {"N": "1"},
        "updatedAt": {"N": "2"},
        "theirs": {"SS": ["kept"]},
    }
    dynamodb.put_item(TableName=dynamo.entities_name, Item=item)
    assert dynamo.entities.stamps("demo", "article", "", 10) == [EntityStamp("e1", "article", 2)]
    entity = dynamo.entities.read("demo", "article", ["e1"])["e1"]
    assert entity == Entity("e1", "article", {"title": "A"}, 1, 2)
    assert dynamo.entities.replace("demo", replace(entity, fields={"title": "B"}, updated_at=3), 2)
    key = {"pk": item["pk"], "id": item["id"]}
    stored = dynamodb.get_item(TableName=dynamo.entities_name, Key=key)["Item"]
    assert stored == item | {"fields": {"S": '{"title":"B"}'}, "updatedAt": {"N": "3"}}


def test_a_write_whose_acknowledgement_was_lost_is_known_again(dynamo: DynamoWorld):
    dynamo.client.inject("put_item", lost_acknowledgement)
    with pytest.raises(Unavailable):
        dynamo.entities.create("demo", an_entity())
    assert dynamo.entities.create("demo", an_entity())
    changed = an_entity(fields={"title": "B"}, updated_at=NOW + 1)
    dynamo.client.inject("update_item", lost_acknowledgement)
    with pytest.raises(Unavailable):
        dynamo.entities.replace("demo", changed, NOW)
    assert dynamo.entities.replace("demo", changed, NOW)


def test_no_id_reaches_into_another_project(dynamo: DynamoWorld):
    with pytest.raises(ValueError, match="'a#b' is no project id"):
        dynamo.entities.stamps("a#b", "article", "", 10)


@pytest.mark.parametrize("text", ["{", "[1]", "null", "", "[" * 100_000, None])
def test_fields_that_are_no_json_object_are_a_problem_of_their_entity_alone(dynamo: DynamoWorld, text: str | None):
    dynamo.entities.create("demo", an_entity("good"))
    entities = Table(dynamo.client, dynamo.entities_name, key_names=("pk", "id"))
    bad = {"pk": "demo#article", "id": "bad", "createdAt": NOW, "updatedAt": NOW}
    entities.batch_write([bad if text is None else bad | {"fields": text}])
    found = dynamo.entities.read("demo", "article", ["good", "bad"])
    assert found["good"].problem is None
    assert found["bad"].problem is not None
    with pytest.raises(RecordRejected) as refused:
        found["bad"].as_source()
    assert refused.value.code == "entity_unreadable"


def test_entities_of_several_types_are_read_together(world: World):
    note = replace(an_entity("n1"), entity_type_id="note")
    for entity in (an_entity("e1"), note):
        world.entities.create("demo", entity)
    wanted = {"article": ["e1", "n1", "missing"], "note": ["n1", "e1"], "empty": []}
    assert world.entities.read_of_types("demo", wanted) == {"e1": an_entity("e1"), "n1": note}
    assert world.entities.read_of_types("demo", {}) == {}
