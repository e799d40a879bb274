"""Contact properties and mailing lists."""

import pytest

from tests.simulators.admin_client import AdminClient, AdminError
from tests.simulators.tests.loops.loops_calls import LoopsCalls, refusal


def test_properties_are_listed_all_or_custom(calls: LoopsCalls) -> None:
    everything = calls.http.get("/contacts/properties").json()
    custom = calls.http.get("/contacts/properties", params={"list": "custom"}).json()
    assert [each["key"] for each in custom] == ["plan", "logins", "isPaying", "joinedAt"]
    assert everything[-4:] == custom
    assert {"key": "subscribed", "label": "Subscribed", "type": "boolean"} in everything
    assert {"key": "joinedAt", "label": "Joined at", "type": "date"} in custom
    assert refusal(calls.http.get("/contacts/properties", params={"list": "some"}))[0] == 400


def test_a_property_that_was_made_takes_values(calls: LoopsCalls) -> None:
    answer = calls.http.post("/contacts/properties", json={"name": "favoriteColor", "type": "string"})
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    calls.create("a@b.co", favoriteColor="blue")
    assert calls.contact(email="a@b.co")["favoriteColor"] == "blue"
    listed = calls.http.get("/contacts/properties", params={"list": "custom"}).json()
    assert listed[-1] == {"key": "favoriteColor", "label": "Favorite color", "type": "string"}


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("plan", "string", "Property already exists."),
        ("firstName", "string", "Property already exists."),
        ("teamId", "string", "Property name teamId is reserved."),
        ("favorite_color", "string", "Property name must be in camelCase."),
        ("", "string", "Property name is required."),
        ("size", "list", "Invalid property type; it must be one of string, number, boolean, date."),
    ],
)
def test_a_property_that_may_not_be_is_refused(calls: LoopsCalls, name: str, kind: str, message: str) -> None:
    answer = calls.http.post("/contacts/properties", json={"name": name, "type": kind})
    assert refusal(answer) == (400, message)


def test_unknown_properties_are_ignored_refused_or_made_as_switched(calls: LoopsCalls, admin: AdminClient) -> None:
    assert calls.create("a@b.co", size=3).status_code == 200
    assert "size" not in calls.contact(email="a@b.co")
    admin.configure(unknownProperties="refuse")
    assert refusal(calls.update(email="a@b.co", size=3)) == (400, "Unknown contact property: size.")
    admin.configure(unknownProperties="create")
    assert calls.update(email="a@b.co", size=3).status_code == 200
    assert calls.contact(email="a@b.co")["size"] == 3
    listed = calls.http.get("/contacts/properties", params={"list": "custom"}).json()
    assert listed[-1] == {"key": "size", "label": "Size", "type": "number"}
    with pytest.raises(AdminError, match="unknown_properties is one of ignore, refuse, create"):
        admin.configure(unknownProperties="keep")


def test_the_mailing_lists_are_listed(calls: LoopsCalls) -> None:
    assert calls.http.get("/lists").json() == [
        {"id": "l1", "name": "News", "description": "What is new", "isPublic": True},
        {"id": "l2", "name": "Customers", "description": None, "isPublic": False},
    ]
