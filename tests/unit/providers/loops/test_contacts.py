import pytest

from integrations.domain.errors import RecordRejected
from integrations.providers.loops.contacts import (
    contact_changes,
    custom_properties,
    external_id_of,
    identifier_of,
    identity_of,
    in_lists,
)


@pytest.mark.parametrize(
    ("targets", "key"),
    [
        ({"userId": "u1", "email": "a@b.c"}, "userId=u1"),
        ({"userId": "U1=x"}, "userId=U1=x"),
        ({"userId": None, "email": "A@B.c"}, "email=a@b.c"),
        ({"userId": "", "email": "a@b.c"}, "email=a@b.c"),
        ({"email": "a@b.c", "firstName": "Ann"}, "email=a@b.c"),
    ],
)
def test_the_key_is_the_user_id_or_else_the_address_in_lower_case(targets, key):
    assert external_id_of(identity_of(targets)) == key
    name, value = identifier_of(key)
    assert f"{name}={value}" == key


@pytest.mark.parametrize(
    ("targets", "code"),
    [
        ({}, "identity_missing"),
        ({"email": None, "userId": ""}, "identity_missing"),
        ({"firstName": "Ann"}, "identity_missing"),
        ({"userId": 7, "email": "a@b.c"}, "identity_invalid"),
        ({"email": ["a@b.c"]}, "identity_invalid"),
    ],
)
def test_a_record_that_nothing_names_is_rejected(targets, code):
    with pytest.raises(RecordRejected) as refused:
        identity_of(targets)
    assert refused.value.code == code


@pytest.mark.parametrize("external_id", ["", "e-0123", "email=", "userId", "Email=a@b.c", "=x"])
def test_another_id_is_no_key(external_id):
    assert identifier_of(external_id) is None


def test_only_the_named_targets_are_in_the_body():
    targets = {"email": "a@b.c", "firstName": "Ann", "city": None, "mailingLists.l1": True, "mailingLists.l2": False}
    assert contact_changes(targets, ["city", "mailingLists.l2"], ()) == {"city": None, "mailingLists": {"l2": False}}
    assert contact_changes(targets, targets, ()) == {
        "email": "a@b.c",
        "firstName": "Ann",
        "city": None,
        "mailingLists": {"l1": True, "l2": False},
    }


def test_a_null_is_left_out_where_it_would_say_something_else():
    targets = {"email": None, "subscribed": None, "mailingLists.l1": None, "city": None, "userId": None}
    assert contact_changes(targets, targets, {"city"}) == {"userId": None}


@pytest.mark.parametrize("value", [[], ["a"], {}, {"a": 1}])
def test_a_value_that_no_property_holds_is_rejected_by_name(value):
    with pytest.raises(RecordRejected) as refused:
        contact_changes({"city": value}, ["city"], ())
    assert refused.value.code == "value_type"
    assert refused.value.message.startswith("city is an ")


def test_configured_lists_come_beside_mapped_ones():
    body = {"email": "a@b.c", "mailingLists": {"l1": False}}
    assert in_lists(body, ["l2"]) == {"email": "a@b.c", "mailingLists": {"l1": False, "l2": True}}


def test_custom_properties_are_those_of_the_teams_making():
    targets = {"email": "a@b.c", "subscribed": True, "mailingLists.l1": True, "city": None, "seats": 3}
    assert custom_properties(targets) == {"city": None, "seats": 3}
