"""A deleted integration: its jobs end, and what it left behind goes in slices."""

from integrations.domain.errors import RateLimited
from integrations.sync.cancel import cancel_line
from integrations.sync.recover import recover_overdue
from tests.fakes.cancel import FakeCancellations
from tests.fakes.remains import FakeRemains
from tests.unit.sync.world import INTEGRATION, PROJECT, World


def delete(world: World) -> None:
    world.tables.delete_integration(PROJECT, INTEGRATION, world.clock())


def links(world: World) -> int:
    return len(world.tables.links[PROJECT, INTEGRATION])


def test_what_is_remembered_goes_and_what_was_exchanged_stays(pushed: World) -> None:
    documents, entities = dict(pushed.service.documents), len(pushed.entities.stamps(PROJECT, "article", "", 99))
    assert links(pushed) == 10
    delete(pushed)
    assert pushed.look().end == "idle"
    assert links(pushed) == 0
    assert not pushed.tables.watermarks
    assert pushed.service.documents == documents
    assert len(pushed.entities.stamps(PROJECT, "article", "", 99)) == entities
    assert (PROJECT, INTEGRATION) not in pushed.tables.lines


def test_many_links_go_in_as_many_slices_as_it_takes(pushed: World, monkeypatch) -> None:
    monkeypatch.setattr("integrations.sync.remains.ITEMS_PER_STEP", 3)
    original = FakeRemains.clear

    def slow(self: FakeRemains, *arguments: object) -> bool:
        pushed.clock.advance(40_000)
        return original(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(FakeRemains, "clear", slow)
    delete(pushed)
    ends = []
    while not ends or ends[-1] != "idle":
        sent = len(pushed.wake_ups.sent)
        ends.append(pushed.look().end)
        assert (len(pushed.wake_ups.sent) > sent) == (ends[-1] == "continues")
    assert ends == ["continues"] * 4 + ["idle"]
    assert links(pushed) == 0


def test_its_jobs_end_though_they_wait_for_the_service(pushed: World) -> None:
    pushed.service.faults = [RateLimited("too many", retry_after_seconds=7_200)]
    pushed.write("a1", title="Changed")
    jobs = [pushed.trigger("push", entity_ids=("a1",)), pushed.trigger("pull")]
    assert pushed.look().end == "waiting"
    delete(pushed)
    while pushed.look().end != "idle":
        pass
    assert [pushed.job(job).status for job in jobs] == ["cancelled", "cancelled"]
    assert pushed.log(pushed.job(jobs[0]))[-1] == "Cancelled: the integration was deleted"
    assert pushed.document("a1")["title"] == "Title 1"


def test_its_jobs_end_at_once_where_no_worker_holds_them(pushed: World) -> None:
    job = pushed.trigger("push")
    delete(pushed)
    cancel_line(PROJECT, INTEGRATION, FakeCancellations(pushed.tables), pushed.clock())
    assert pushed.job(job).status == "cancelled"


def test_a_lost_wake_up_is_made_good(pushed: World) -> None:
    delete(pushed)
    assert recover_overdue(pushed.line, pushed.wake_ups, pushed.clock, 5) == 1


def test_of_an_integration_made_again_under_its_id_nothing_is_taken(pushed: World) -> None:
    again = pushed.integration
    delete(pushed)
    pushed.integrations.put(again)
    assert pushed.look().end == "idle"
    assert links(pushed) == 10
    assert pushed.run("push").status == "completed"


def test_a_job_that_slips_in_after_a_deletion_is_cancelled(pushed: World) -> None:
    delete(pushed)
    pushed.look()
    job = pushed.trigger("push")
    pushed.look()
    assert pushed.job(job).status == "cancelled"
