"""What is Loops' own, against its simulator."""

import pytest

from integrations.domain.errors import ConfigurationRefused, OutcomeUnknown, ReconnectRequired
from integrations.providers.contract import Accepted, KeyedByContent, PullProvider, RecordReader, Rejected
from tests.contract.providers.loops_kit import address, contact_of, known, outgoing, paths, push


@pytest.fixture
def provider(open_team):
    return open_team()


def test_it_is_keyed_by_content_and_pulled_by_looking_up(provider):
    assert isinstance(provider, KeyedByContent)
    assert not isinstance(provider, PullProvider | RecordReader)


def test_a_first_push_of_standard_properties_costs_a_request_each(loops, provider):
    assert push(provider, *(outgoing(number) for number in range(3))) == [
        Accepted(f"customer-{number}") for number in range(3)
    ]
    assert paths(loops) == ["contacts/update"] * 3
    assert contact_of(loops, 1)["firstName"] == "First 1"


def test_a_change_sends_what_changed_alone(loops, provider):
    record = outgoing(1)
    push(provider, record)
    loops.admin.clear_requests()
    assert push(provider, known(record, firstName="New")) == [Accepted(record.entity_id)]
    (update,) = loops.admin.requests("/contacts/update")
    assert update["keys"] == ["email", "firstName"]
    contact = contact_of(loops, 1)
    assert (contact["firstName"], contact["userGroup"]) == ("New", "Readers")


def test_an_explicit_null_clears(loops, provider):
    record = outgoing(1)
    push(provider, record, known(record, firstName=None))
    push(provider, known(record, firstName=None))
    assert contact_of(loops, 1)["firstName"] is None


def test_a_user_id_carries_a_contact_to_a_new_address(loops, provider):
    record = outgoing(1, {"userId": "u1", "email": address(1)})
    push(provider, record)
    assert push(provider, known(record, email=address(2))) == [Accepted(record.entity_id)]
    (contact,) = loops.admin.dump()
    assert (contact["userId"], contact["email"]) == ("u1", address(2))


def test_a_contact_known_by_its_address_gets_a_user_id(loops, provider):
    record = outgoing(1)
    push(provider, record)
    assert push(provider, known(record, userId="u1")) == [Accepted(record.entity_id)]
    (contact,) = loops.admin.dump()
    assert (contact["userId"], contact["email"]) == ("u1", address(1))


def test_who_unsubscribed_stays_so(loops, provider):
    record = outgoing(1)
    loops.admin.seed([{"email": address(1), "subscribed": False}])
    push(provider, record)
    push(provider, known(record, firstName="New"))
    contact = contact_of(loops, 1)
    assert (contact["subscribed"], contact["firstName"]) == (False, "New")


def test_a_deleted_contact_is_not_made_again(loops, provider):
    record = outgoing(1)
    push(provider, record)
    loops.admin.delete(address(1))
    (outcome,) = push(provider, known(record, firstName="New"))
    assert isinstance(outcome, Rejected)
    assert (outcome.code, outcome.transient) == ("contact_deleted", False)
    assert address(1) in outcome.message
    assert "archive the entity" in outcome.message
    assert loops.admin.dump() == []


@pytest.mark.parametrize("subscribed", [True, False])
def test_a_deleted_contact_is_made_again_whole_where_subscribed_is_mapped(loops, provider, subscribed):
    record = outgoing(1, {"email": address(1), "firstName": "First", "userGroup": "Readers", "subscribed": subscribed})
    push(provider, record)
    loops.admin.delete(address(1))
    assert push(provider, known(record, firstName="New")) == [Accepted(record.entity_id)]
    contact = contact_of(loops, 1)
    assert (contact["firstName"], contact["userGroup"], contact["subscribed"]) == ("New", "Readers", subscribed)


def test_a_mapped_subscribed_is_sent_when_it_changed_and_only_then(loops, provider):
    record = outgoing(1, {"email": address(1), "firstName": "First", "subscribed": True})
    push(provider, record)
    loops.admin.edit(address(1), set={"subscribed": False})
    push(provider, known(record, firstName="New"))
    assert contact_of(loops, 1)["subscribed"] is False
    push(provider, known(record, subscribed=True))
    assert contact_of(loops, 1)["subscribed"] is True


def test_one_mapping_without_an_answer_to_subscribed_says_nothing_of_it(loops, provider):
    record = outgoing(1, {"email": address(1), "subscribed": None})
    assert push(provider, record) == [Accepted(record.entity_id)]
    assert loops.admin.requests("/contacts/update")[0]["keys"] == ["email"]


@pytest.mark.parametrize("status", [409, 400])
def test_an_email_and_a_user_id_of_two_contacts_are_told_apart_by_path(loops, provider, status):
    loops.admin.configure(identityConflictStatus=status)
    loops.admin.seed([{"email": address(1)}, {"email": address(2), "userId": "u2"}])
    outcomes = push(provider, outgoing(1, {"email": address(1), "userId": "u2"}), outgoing(3))
    assert [type(outcome) for outcome in outcomes] == [Rejected, Accepted]
    assert outcomes[0].code == ("identity_conflict" if status == 409 else "contact_refused")
    assert "Email and userId belong to different contacts." in outcomes[0].message


@pytest.mark.parametrize("status", [400, 200])
def test_a_user_id_alone_is_settled_either_way(loops, provider, status):
    loops.admin.configure(userIdAloneStatus=status)
    (outcome,) = push(provider, outgoing(1, {"userId": "u1"}))
    assert isinstance(outcome, Accepted if status == 200 else Rejected)


def test_records_that_loops_cant_hold_are_refused_without_a_call(loops, provider):
    outcomes = push(
        provider,
        outgoing(1, {"firstName": "Nobody"}),
        outgoing(2, {"email": 7}),
        outgoing(3, {"email": address(3), "firstName": ["a"]}),
    )
    assert [outcome.code for outcome in outcomes] == ["identity_missing", "identity_invalid", "value_type"]
    assert loops.admin.requests() == []


class TestFailures:
    """What stops a batch and what doesn't."""

    def test_a_failure_at_one_contact_is_that_records_alone(self, loops, provider):
        loops.admin.add_fault("status", status=500, count=None, match={"body": address(2)})
        outcomes = push(provider, *(outgoing(number) for number in range(5)))
        assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted, Rejected, Accepted, Accepted]
        assert outcomes[2].transient

    def test_a_rate_that_stays_used_up_leaves_a_half_sent_batch_open(self, loops, provider):
        loops.admin.add_fault(
            "status", status=429, retryAfterSeconds=600, count=None, match={"path": "/contacts/update", "nth": 4}
        )
        records = [outgoing(number) for number in range(10)]
        with pytest.raises(OutcomeUnknown) as failed:
            push(provider, *records)
        assert failed.value.retry_after_seconds == 600
        loops.admin.clear_faults()

    def test_a_key_revoked_in_the_middle_stops_there(self, loops, provider):
        loops.admin.add_fault("status", status=401, count=None, match={"path": "/contacts/update", "nth": 2})
        with pytest.raises(ReconnectRequired):
            push(provider, *(outgoing(number) for number in range(10)))
        assert len(loops.admin.requests("/contacts/update")) <= 9

    @pytest.mark.parametrize("status", [302, 404, 405])
    def test_an_address_that_isnt_loops_is_the_configurations_fault(self, loops, provider, status):
        loops.admin.add_fault("status", status=status, count=None)
        with pytest.raises(ConfigurationRefused):
            push(provider, outgoing(1))


class TestLookup:
    """Reading contacts by key."""

    @pytest.mark.parametrize("lowercase", [True, False])
    def test_an_address_is_found_in_any_case_under_the_key(self, loops, provider, lowercase):
        loops.admin.configure(lowercaseEmails=lowercase)
        targets = {"email": "Ann.Lee+x@Example.com"}
        key = provider.key_of("contact", targets)
        assert key == "email=ann.lee+x@example.com"
        push(provider, outgoing(1, targets, external_id=key))
        found = provider.read_records([key])
        assert found[key].document["subscribed"] is True
        assert found[key].revision is None

    def test_an_odd_user_id_is_found(self, loops, provider):
        record = outgoing(1, {"email": address(1), "userId": "a=b&c d/é+%"})
        key = provider.key_of("contact", record.targets)
        push(provider, record)
        assert provider.read_records([key])[key].document["email"] == address(1)

    def test_ids_that_are_no_keys_are_absent_without_a_call(self, loops, provider):
        assert provider.read_records(["e-123", "email=", "phone=1"]) == {}
        assert loops.admin.requests() == []

    def test_an_address_that_is_none_stops_no_other(self, loops, provider):
        loops.admin.seed([{"email": address(1)}])
        assert set(provider.read_records(["email=no address", f"email={address(1)}"])) == {f"email={address(1)}"}


def test_a_good_connection_names_the_team(provider):
    report = provider.check()
    assert (report.connected, report.refused) == (True, False)
    assert "Simulated team" in report.diagnosis.message
