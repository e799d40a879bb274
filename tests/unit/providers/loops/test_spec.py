import pytest

from integrations.domain.errors import ValidationFailed
from integrations.domain.field_mapping import FieldMapping
from integrations.providers.loops.spec import SPEC

CONFIG = {"entityTypes": {"customer": "contact"}}


def problems_of(config):
    with pytest.raises(ValidationFailed) as refused:
        SPEC.checked_config(config)
    return dict(refused.value.details)


def test_a_configuration_is_completed_with_defaults():
    config = SPEC.checked_config(CONFIG)
    assert (config.mailing_lists, config.create_properties) == ([], False)
    assert str(config.origin) == "https://app.loops.so"
    assert config.canonical_address == "app.loops.so"


def test_archived_entities_may_be_deleted_there():
    assert SPEC.checked_config({**CONFIG, "onArchive": "delete"}).on_archive == "delete"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("entityTypes", {}),
        ("entityTypes", {"customer": "person"}),
        ("entityTypes", {"customer": "contact", "author": "contact"}),
        ("match", {"source": "fields.url", "target": "page"}),
        ("mailingLists", ["a b"]),
        ("mailingLists", "cl1"),
        ("createProperties", "yes"),
        ("apiHost", "https://user:pass@app.loops.so"),
        ("apiHost", "https://app.loops.so/api"),
    ],
)
def test_a_value_that_isnt_allowed_is_refused_by_its_field(key, value):
    (field,) = problems_of({**CONFIG, key: value})
    assert field.startswith(f"config.{key}")


def test_the_things_of_loops_are_named():
    assert 'to "contact"' in problems_of({"entityTypes": {"a": "contact", "b": "contact"}})["config.entityTypes"]
    assert "createProperties" in problems_of({**CONFIG, "lists": []})["config.lists"]


def test_another_address_has_to_be_listed():
    assert SPEC.address_problems(CONFIG, ()) == []
    local = {**CONFIG, "apiHost": "http://127.0.0.1:4004"}
    assert SPEC.address_problems(local, ("127.0.0.1:4004",)) == []
    ((field, problem),) = SPEC.address_problems(local, ())
    assert (field, "https://app.loops.so" in problem) == ("config.apiHost", True)


@pytest.mark.parametrize("key", ["", "with space", "Ключ", "key\n", "k" * 5_000])
def test_an_unusable_key_is_refused_without_repeating_it(key):
    with pytest.raises(ValidationFailed) as refused:
        SPEC.credentials_plaintext({"apiKey": key})
    assert not key or key not in repr(refused.value.details)


def test_the_quota_is_the_keys():
    config, keys = SPEC.checked_config(CONFIG), SPEC.checked_credentials({"apiKey": "k1", "webhookSecret": "whsec_x"})
    assert SPEC.quota_holder(config, keys) == "k1"


@pytest.mark.parametrize(
    "target", ["email", "userId", "firstName", "subscribed", "planName", "mailingLists.cl_1-x", "x2"]
)
def test_a_target_that_loops_can_hold_is_taken(target):
    assert SPEC.target_problem(target) is None


@pytest.mark.parametrize(
    "target",
    [
        "id",
        "optInStatus",
        "notes",
        "createdAt",
        "teamId",
        "mailingLists",
        "mailingLists.a.b",
        "mailingLists.a[0]",
        "mailingLists[0]",
        "plan.name",
        "plans[0]",
        "PlanName",
        "plan_name",
        "plan name",
    ],
)
def test_a_target_that_loops_cant_hold_is_refused(target):
    assert SPEC.target_problem(target)


def test_an_address_or_a_user_id_has_to_be_mapped():
    name = FieldMapping("fields.name", "firstName", None)
    ((_, side, problem),) = SPEC.mapping_problems([name])
    assert (side, "email or userId" in problem) == ("target", True)
    assert SPEC.mapping_problems([name, FieldMapping("id", "userId", None)]) == []


def test_both_directions_take_entity_ids():
    assert SPEC.directions_for(CONFIG) == ("push", "pull")
    assert all(SPEC.entity_ids_supported(direction, CONFIG) for direction in SPEC.directions)
