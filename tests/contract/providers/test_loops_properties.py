"""Custom properties and mailing lists of Loops, against its simulator."""

import pytest

from integrations.domain.errors import ConfigurationRefused
from integrations.providers.contract import Accepted, Rejected
from tests.contract.providers.loops_kit import address, contact_of, known, outgoing, paths, push

NEWS, CLOSED = "cllist00000000000000news", "cllist000000000000closed"


@pytest.fixture
def provider(open_team):
    return open_team()


class TestProperties:
    """Custom properties."""

    @pytest.mark.parametrize("unknown", ["ignore", "refuse", "create"])
    def test_one_that_is_missing_is_named_before_anything_is_sent(self, loops, provider, unknown):
        loops.admin.configure(unknownProperties=unknown, properties=[{"key": "planName", "type": "string"}])
        record = outgoing(1, {"email": address(1), "planName": "Pro", "seats": 3, "city": None})
        with pytest.raises(ConfigurationRefused) as refused:
            push(provider, record, outgoing(2))
        assert refused.value.code == "property_missing"
        assert "city, seats" in refused.value.message
        assert "createProperties" in refused.value.message
        assert loops.admin.dump() == []

    @pytest.mark.parametrize("unknown", ["ignore", "refuse", "create"])
    def test_they_are_listed_once_and_made_as_their_values_are(self, loops, open_team, unknown):
        loops.admin.configure(unknownProperties=unknown)
        provider = open_team(createProperties=True)
        values = {"planName": "Pro", "seats": 3, "isPaying": True, "since": "2026-01-01T00:00:00Z", "city": None}
        first, second = (outgoing(number, {"email": address(number), **values}) for number in (1, 2))
        assert push(provider, first) == [Accepted(first.entity_id)]
        assert push(provider, second) == [Accepted(second.entity_id)]
        made = {each["key"]: each["type"] for each in loops.admin.configuration()["properties"]}
        assert made == {"planName": "string", "seats": "number", "isPaying": "boolean", "since": "string"}
        assert contact_of(loops, 2).items() >= {name: value for name, value in values.items() if value}.items()
        assert paths(loops).count("contacts/properties") == 1 + 4

    def test_one_that_another_worker_made_meanwhile_is_taken(self, loops, open_team):
        provider = open_team(createProperties=True)
        loops.admin.add_fault("status", status=400, applied=True, match={"method": "POST", "path": "/properties"})
        record = outgoing(1, {"email": address(1), "planName": "Pro"})
        assert push(provider, record) == [Accepted(record.entity_id)]
        assert contact_of(loops, 1)["planName"] == "Pro"

    def test_one_that_loops_doesnt_let_be_made_is_the_configurations_fault(self, loops, open_team):
        provider = open_team(createProperties=True)
        with pytest.raises(ConfigurationRefused) as refused:
            push(provider, outgoing(1, {"email": address(1), "listId": "x"}))
        assert refused.value.code == "property_refused"
        assert "reserved" in refused.value.message


class TestMailingLists:
    """Lists of the configuration, and mapped ones."""

    def test_a_contact_we_make_is_put_on_the_configured_lists(self, loops, open_team):
        provider = open_team(mailingLists=[NEWS, CLOSED])
        push(provider, outgoing(1), outgoing(2, {"email": address(2), f"mailingLists.{CLOSED}": False}))
        assert contact_of(loops, 1)["mailingLists"] == {NEWS: True, CLOSED: True}
        assert contact_of(loops, 2)["mailingLists"] == {NEWS: True}
        assert paths(loops) == ["contacts/create"] * 2

    def test_a_contact_that_was_there_is_put_on_none(self, loops, open_team):
        provider = open_team(mailingLists=[NEWS])
        loops.admin.seed([{"email": address(1)}])
        assert push(provider, outgoing(1)) == [Accepted("customer-1")]
        push(provider, known(outgoing(1), firstName="New"))
        contact = contact_of(loops, 1)
        assert (contact["mailingLists"], contact["firstName"]) == ({}, "New")

    @pytest.mark.parametrize("kind", ["reset_before", "reset_after", "truncated_body"])
    def test_a_lost_answer_leaves_no_one_off_a_list(self, loops, open_team, kind):
        loops.admin.add_fault(kind, match={"path": "/contacts/create"})
        provider = open_team(mailingLists=[NEWS])
        assert push(provider, outgoing(1)) == [Accepted("customer-1")]
        assert contact_of(loops, 1)["mailingLists"] == {NEWS: True}

    def test_mapped_lists_are_joined_and_left_one_by_one(self, loops, provider):
        record = outgoing(1, {"email": address(1), f"mailingLists.{NEWS}": True, f"mailingLists.{CLOSED}": None})
        push(provider, record)
        assert contact_of(loops, 1)["mailingLists"] == {NEWS: True}
        push(provider, known(record, **{f"mailingLists.{NEWS}": False, f"mailingLists.{CLOSED}": True}))
        assert contact_of(loops, 1)["mailingLists"] == {CLOSED: True}

    @pytest.mark.parametrize("status", [400, 200])
    def test_a_list_that_isnt_there_harms_no_other_record(self, loops, provider, status):
        loops.admin.configure(unknownListStatus=status)
        outcomes = push(provider, outgoing(1, {"email": address(1), "mailingLists.gone": True}), outgoing(2))
        assert isinstance(outcomes[0], Accepted if status == 200 else Rejected)
        assert isinstance(outcomes[1], Accepted)
