"""What happens between two calls of one operation, or to the answer of a call: on the real stores alone."""

from dataclasses import replace

import pytest

from integrations.domain.errors import IntegrationsError, LeaseLost, Unavailable
from integrations.domain.integration import StatusReason
from integrations.domain.line import Finish, IdempotencyKey, NextDue
from integrations.storage import keys
from tests.contract.storage.faults import first, lost_acknowledgement, unanswered
from tests.contract.storage.world import GRACE_MS, LEASE_MS, NOW, DynamoWorld, a_job, an_integration, leased, started


def test_of_two_that_take_the_same_line_one_gets_it(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.client.inject("transact_write_items", first(lambda: leased(line, owner="quicker")))
    assert line.acquire("demo", "one", "slower", NOW) is None


def test_of_two_that_take_the_last_share_one_gets_it(dynamo: DynamoWorld):
    line = dynamo.line(share_maximum=1)
    dynamo.client.inject("transact_write_items", first(lambda: leased(line, "two", owner="quicker")))
    assert line.acquire("demo", "one", "slower", NOW) is None


def test_of_two_that_take_lines_within_the_share_both_get_theirs(dynamo: DynamoWorld):
    line = dynamo.line(share_maximum=2)
    dynamo.client.inject("transact_write_items", first(lambda: leased(line, "two", owner="quicker")))
    assert leased(line, "one", owner="slower").fence == 1


def test_a_holder_that_moves_on_while_its_line_is_taken_over_keeps_it(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    moved = replace(started(line, lease), step=1)
    dynamo.client.inject("transact_write_items", first(lambda: line.advance(lease, moved, NOW + LEASE_MS - 1)))
    assert line.acquire("demo", "one", "second", NOW + LEASE_MS) is None


def test_a_job_submitted_between_the_look_and_the_release_is_not_forgotten(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job("01A"), None, NOW)
    lease = leased(line)
    line.finish(lease, replace(started(line, lease), status="completed", completed_at=NOW), Finish())
    dynamo.client.inject("update_item", first(lambda: dynamo.intake.submit(a_job("01B"), None, NOW)))
    assert line.release(lease, NOW + 3) == NextDue("01B", NOW + 3)
    assert line.overdue(NOW + 3, 10) == [("demo", "one")]


@pytest.mark.parametrize("operation", ["start", "advance", "finish", "release"])
def test_a_write_whose_acknowledgement_is_lost_can_be_made_again(dynamo: DynamoWorld, operation: str):
    line = dynamo.line()
    dynamo.integrations.create(an_integration())
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    head = line.head(lease)
    assert head is not None
    running = replace(head, status="running", started_at=NOW)
    if operation != "start":
        line.start(lease, running)
    moved = replace(running, step=1, checkpoint={"after": ("e1",)})
    attempts = {
        "start": lambda: line.start(lease, running),
        "advance": lambda: line.advance(lease, moved, NOW + 1),
        "finish": lambda: line.finish(lease, replace(running, status="failed"), Finish(last_sync_at=NOW)),
        "release": lambda: line.release(lease, NOW),
    }
    dynamo.client.inject("update_item" if operation == "release" else "transact_write_items", lost_acknowledgement)
    with pytest.raises(Unavailable):
        attempts[operation]()
    answer = attempts[operation]()
    if operation == "advance":
        assert answer == replace(lease, expires_at=NOW + 1 + LEASE_MS)
        assert line.head(lease) == replace(moved, checkpoint={"after": ["e1"]})


def test_a_lost_acknowledgement_is_no_excuse_once_another_holder_has_come(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    moved = replace(started(line, lease), step=1)
    dynamo.client.inject("transact_write_items", lost_acknowledgement)
    with pytest.raises(Unavailable):
        line.advance(lease, moved, NOW)
    leased(line, owner="second", now=NOW + LEASE_MS)
    with pytest.raises(LeaseLost):
        line.advance(lease, moved, NOW)


def test_an_integration_made_inactive_while_its_job_ends_stays_so(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.integrations.create(an_integration())
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    ended = replace(started(line, lease), status="completed", completed_at=NOW)
    admin = StatusReason("switched_off", "by an admin", NOW)
    switch_off = first(lambda: dynamo.integrations.set_status("demo", "one", "inactive", admin))
    dynamo.client.inject("transact_write_items", switch_off)
    line.finish(lease, ended, Finish(last_sync_at=NOW, status="active"))
    kept = an_integration(status="inactive", status_reason=admin, last_sync_at=NOW)
    assert dynamo.integrations.find("demo", "one") == kept
    assert dynamo.jobs.find("demo", "01A", NOW) == ended


def test_an_integration_deleted_while_its_job_ends_does_not_come_back(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.integrations.create(an_integration())
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    ended = replace(started(line, lease), status="completed", completed_at=NOW)
    dynamo.client.inject("transact_write_items", first(lambda: dynamo.delete_integration("one")))
    line.finish(lease, ended, Finish(last_sync_at=NOW, status="active"))
    assert dynamo.integrations.find("demo", "one") is None
    assert line.head(lease) is None


def test_a_job_that_starts_while_it_is_joined_under_a_key_is_not_joined(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job("01A"), None, NOW)
    lease = leased(line)
    through = first(lambda: None)
    dynamo.client.inject("transact_write_items", through, first(lambda: started(line, lease)))
    assert dynamo.intake.submit(a_job("01B"), IdempotencyKey("key", "body"), NOW) == "01B"


def test_two_requests_with_one_key_at_once_are_one_job(dynamo: DynamoWorld):
    key = IdempotencyKey("key", "body")
    earlier = first(lambda: dynamo.intake.submit(a_job("01A", entity_ids=("e",)), key, NOW))
    dynamo.client.inject("transact_write_items", earlier)
    assert dynamo.intake.submit(a_job("01B", entity_ids=("e",)), key, NOW) == "01A"


def test_a_request_whose_answer_is_lost_is_one_job_when_made_again_with_its_key(dynamo: DynamoWorld):
    key = IdempotencyKey("key", "body")
    dynamo.client.inject("transact_write_items", lost_acknowledgement)
    with pytest.raises(Unavailable):
        dynamo.intake.submit(a_job("01A", entity_ids=("e",)), key, NOW)
    assert dynamo.intake.submit(a_job("01B", entity_ids=("e",)), key, NOW) == "01A"


def test_a_pointer_to_a_job_that_is_gone_does_not_block_its_line(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job("01A", entity_ids=("e",)), None, NOW)
    dynamo.intake.submit(a_job("01B", entity_ids=("e",)), None, NOW)
    dynamo.table.batch_write(delete=[keys.job("demo", "01A")])
    lease = leased(line)
    head = line.head(lease)
    assert head is not None
    assert head.id == "01B"


@pytest.mark.parametrize("operation", ["get_item", "batch_get_item", "transact_write_items"])
def test_a_table_out_of_reach_is_unavailable_and_nothing_else(dynamo: DynamoWorld, operation: str):
    dynamo.client.inject(operation, unanswered)
    with pytest.raises(Unavailable) as raised:
        dynamo.line().acquire("demo", "one", "worker", NOW)
    assert isinstance(raised.value, IntegrationsError)
    assert raised.value.code == "unavailable"
    assert dynamo.line().acquire("demo", "one", "worker", NOW) is not None


def test_a_lease_extended_many_times_a_second_moves_in_its_index_once_a_grace(dynamo: DynamoWorld):
    line = dynamo.line()
    dynamo.intake.submit(a_job(), None, NOW)
    lease = leased(line)
    job = started(line, lease)
    due = set()
    for step in range(1, 11):
        job = replace(job, step=step)
        lease = line.advance(lease, job, NOW + step * 100)
        stored = dynamo.table.get(keys.line("demo", "one"))
        assert stored is not None
        assert stored["dueAt"] >= lease.expires_at + GRACE_MS
        due.add(stored["dueAt"])
    assert len(due) == 1
