"""Contacts: made, changed, found, deleted."""

from typing import Any

import pytest

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.loops.loops_calls import LoopsCalls, refusal


def test_a_new_contact_has_the_defaults_and_what_was_given(calls: LoopsCalls) -> None:
    answer = calls.create("a@b.co", firstName="A", userId="u1", plan="pro", mailingLists={"l1": True, "l2": False})
    assert (answer.status_code, answer.json()["success"]) == (200, True)
    assert calls.contact(email="a@b.co") == {
        "id": answer.json()["id"],
        "email": "a@b.co",
        "firstName": "A",
        "lastName": None,
        "source": "API",
        "subscribed": True,
        "userGroup": "",
        "userId": "u1",
        "mailingLists": {"l1": True},
        "optInStatus": None,
        "plan": "pro",
    }


@pytest.mark.parametrize("fields", [{"email": "A@B.co"}, {"email": "other@b.co", "userId": "u1"}])
def test_creating_what_exists_by_email_or_user_id_is_a_conflict(calls: LoopsCalls, fields: dict[str, Any]) -> None:
    calls.create("a@b.co", userId="u1")
    assert refusal(calls.create(**fields))[0] == 409


def test_an_update_makes_what_is_missing_and_changes_only_what_it_names(calls: LoopsCalls) -> None:
    made = calls.update(email="a@b.co", firstName="A", plan="pro", mailingLists={"l1": True}).json()
    changed = calls.update(email="a@b.co", lastName="B", mailingLists={"l2": True}).json()
    assert made == changed
    contact = calls.contact(email="a@b.co")
    assert (contact["firstName"], contact["lastName"], contact["plan"]) == ("A", "B", "pro")
    assert contact["mailingLists"] == {"l1": True, "l2": True}


def test_null_clears(calls: LoopsCalls, admin: AdminClient) -> None:
    calls.create("a@b.co", firstName="A", userGroup="g", userId="u1", plan="pro")
    assert calls.update(email="a@b.co", firstName=None, userGroup=None, userId=None, plan=None).status_code == 200
    contact = calls.contact(email="a@b.co")
    assert (contact["firstName"], contact["userGroup"], contact["userId"]) == (None, "", None)
    assert "plan" not in contact
    assert calls.http.get("/contacts/find", params={"userId": "u1"}).json() == []
    admin.configure(reportEmptyProperties=True)
    contact = calls.contact(email="a@b.co")
    assert {name: contact[name] for name in ("plan", "logins")} == {"plan": None, "logins": None}


def test_nobody_is_subscribed_again_unless_it_is_asked_for(calls: LoopsCalls) -> None:
    calls.create("a@b.co", subscribed=False)
    calls.update(email="a@b.co", firstName="A", mailingLists={"l1": True})
    calls.send(email="a@b.co", lastName="B")
    assert calls.contact(email="a@b.co")["subscribed"] is False
    calls.update(email="a@b.co", subscribed=True)
    assert calls.contact(email="a@b.co")["subscribed"] is True


def test_a_contact_that_was_deleted_comes_back_subscribed(calls: LoopsCalls) -> None:
    calls.create("a@b.co", subscribed=False)
    assert calls.delete(email="a@b.co").json() == {"success": True, "message": "Contact deleted."}
    calls.update(email="a@b.co")
    assert calls.contact(email="a@b.co")["subscribed"] is True


def test_the_user_id_finds_a_contact_whose_email_changes(calls: LoopsCalls) -> None:
    contact_id = calls.create("old@b.co", userId="u1").json()["id"]
    assert calls.update(userId="u1", email="new@b.co").json()["id"] == contact_id
    assert calls.contact(userId="u1")["email"] == "new@b.co"
    assert calls.http.get("/contacts/find", params={"email": "old@b.co"}).json() == []


def test_the_email_finds_a_contact_whose_user_id_changes(calls: LoopsCalls) -> None:
    contact_id = calls.create("a@b.co").json()["id"]
    assert calls.update(email="a@b.co", userId="u1").json()["id"] == contact_id
    assert calls.contact(userId="u1")["id"] == contact_id


def test_an_email_and_a_user_id_of_two_contacts_are_refused_and_nothing_changes(
    calls: LoopsCalls, admin: AdminClient
) -> None:
    calls.create("a@b.co", userId="u1")
    calls.create("b@b.co", userId="u2")
    before = admin.dump()
    assert refusal(calls.update(email="a@b.co", userId="u2", firstName="X"))[0] == 409
    admin.configure(identityConflictStatus=400)
    assert refusal(calls.send(email="a@b.co", userId="u2", firstName="X"))[0] == 400
    assert admin.dump() == before


def test_an_unknown_user_id_alone_makes_no_contact_unless_switched(calls: LoopsCalls, admin: AdminClient) -> None:
    assert refusal(calls.update(userId="u1"))[0] == 400
    assert admin.dump() == []
    admin.configure(userIdAloneStatus=200)
    assert calls.update(userId="u1").status_code == 200
    assert calls.contact(userId="u1")["email"] is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "An email or userId is required."),
        ({"email": "nobody"}, "Invalid email address."),
        ({"email": "a@b"}, "Invalid email address."),
        ({"email": 3}, "Invalid email address."),
        ({"email": "a@b.co", "subscribed": "yes"}, "subscribed must be a boolean."),
        ({"email": "a@b.co", "subscribed": None}, "subscribed must be a boolean."),
        ({"email": "a@b.co", "plan": ["x"]}, "plan must be a string, number, boolean or date."),
        ({"email": "a@b.co", "firstName": 3}, "firstName must be a string."),
        ({"email": "a@b.co", "logins": "3"}, "logins must be a number."),
        ({"email": "a@b.co", "isPaying": 1}, "isPaying must be a boolean."),
        ({"email": "a@b.co", "joinedAt": "soon"}, "joinedAt must be a date."),
        ({"email": "a@b.co", "plan": "x" * 501}, "plan must be at most 500 characters."),
        (
            {"email": "a@b.co", "mailingLists": ["l1"]},
            "mailingLists must be an object of mailing list ids and booleans.",
        ),
        ({"email": "a@b.co", "mailingLists": {"l3": True}}, "Mailing list not found: l3."),
    ],
)
def test_what_cannot_be_stored_is_refused_with_its_reason(
    calls: LoopsCalls, admin: AdminClient, fields: dict[str, Any], message: str
) -> None:
    assert refusal(calls.update(**fields)) == (400, message)
    assert admin.dump() == []


def test_a_text_of_five_hundred_characters_is_taken(calls: LoopsCalls) -> None:
    assert calls.update(email="a@b.co", plan="x" * 500).status_code == 200


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (1_704_711_066_123, "2024-01-08T10:51:06.123Z"),
        (1_704_711_066, "1970-01-20T17:31:51.066Z"),
        ("2024-01-08", "2024-01-08T00:00:00.000Z"),
        ("2024", "2024-01-01T00:00:00.000Z"),
        ("2024-01-08T12:00:00+02:00", "2024-01-08T10:00:00.000Z"),
    ],
)
def test_dates_come_back_as_text_and_numbers_are_milliseconds(calls: LoopsCalls, given: Any, shown: str) -> None:
    calls.create("a@b.co", joinedAt=given)
    assert calls.contact(email="a@b.co")["joinedAt"] == shown


@pytest.mark.parametrize(
    "query", [{}, {"email": "a@b.co", "userId": "u1"}, {"email": "nobody"}, {"email": ""}, {"id": "x"}]
)
def test_a_contact_is_found_by_exactly_one_identifier(calls: LoopsCalls, query: dict[str, str]) -> None:
    assert refusal(calls.http.get("/contacts/find", params=query))[0] == 400


def test_an_address_with_a_plus_must_be_encoded(calls: LoopsCalls) -> None:
    calls.create("a+b@b.co")
    assert calls.http.get("/contacts/find?email=a%2Bb%40b.co").json()[0]["email"] == "a+b@b.co"
    assert calls.http.get("/contacts/find?email=a+b@b.co").status_code == 400


def test_deleting_takes_one_identifier_of_a_contact_that_exists(calls: LoopsCalls, admin: AdminClient) -> None:
    calls.create("a@b.co", userId="u1")
    assert refusal(calls.delete(email="a@b.co", userId="u1"))[0] == 400
    assert refusal(calls.delete(userId="u2")) == (404, "Contact not found.")
    assert calls.delete(userId="u1").status_code == 200
    assert admin.dump() == []


def test_addresses_keep_their_case_unless_switched_and_match_in_any(calls: LoopsCalls, admin: AdminClient) -> None:
    first = calls.create("Ann@B.co").json()["id"]
    assert calls.update(email="ann@b.co", firstName="Ann").json()["id"] == first
    assert calls.contact(email="ANN@B.CO")["email"] == "ann@b.co"
    admin.configure(lowercaseEmails=True)
    calls.create("Bea@B.co")
    assert calls.contact(email="bea@b.co")["email"] == "bea@b.co"


def test_a_mailing_list_can_be_ignored_where_it_is_unknown(calls: LoopsCalls, admin: AdminClient) -> None:
    admin.configure(unknownListStatus=200)
    assert calls.create("a@b.co", mailingLists={"l3": True, "l1": True}).status_code == 200
    assert calls.contact(email="a@b.co")["mailingLists"] == {"l1": True}
