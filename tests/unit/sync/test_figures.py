"""Figures land on the entities that are the pages they were measured of."""

import pytest

from integrations.domain.field_mapping import FieldMapping
from integrations.domain.job import Progress
from integrations.providers.contract import Notice
from tests.fakes.measuring import FakeMeasuring
from tests.unit.sync.world import PROJECT, World

MAPPINGS = (FieldMapping("fields.views", "views"),)


@pytest.fixture
def service():
    return FakeMeasuring()


@pytest.fixture
def world(service):
    world = World()
    world.serve(service)
    match = {"source": "fields.url", "target": "page"}
    world.configure(MAPPINGS, entityTypes={"article": "row"}, match=match)
    world.write("a1", url="https://example.com/one/", title="One")
    world.write("a2", url="/two", title="Two")
    world.write("a3", url="https://www.example.com/three", title="Three")
    return world


def views(world):
    return {id: entity.fields.get("views") for id, entity in world.tables.entities[PROJECT, "article"].items()}


def test_figures_of_all_spellings_land_on_their_entity(world, service):
    service.rows = [
        ("http://example.com/one", 1),
        ("https://example.com/one/?utm=x", 2),
        ("https://a.com/two", 4),
        ("https://b.com/two/", 8),
        ("https://example.com/nobody", 16),
    ]
    assert world.run("pull").progress == Progress(3, 3, 0)
    assert views(world) == {"a1": 3, "a2": 12, "a3": None}
    assert world.entity("a1").fields["title"] == "One"


def test_the_same_figures_again_write_nothing(world, service):
    service.rows = [("https://example.com/one", 1), ("https://example.com/two", 2)]
    world.run("pull")
    before = dict(world.tables.entities[PROJECT, "article"])
    service.rows = list(reversed(service.rows))
    assert world.run("pull").progress == Progress(2, 2, 0)
    assert world.tables.entities[PROJECT, "article"] == before


def test_what_had_figures_and_has_none_now_gets_zeros(world, service):
    service.rows = [("https://example.com/one", 1), ("https://example.com/two", 2)]
    world.run("pull")
    service.rows = [("https://example.com/one", 5)]
    assert world.run("pull").progress == Progress(2, 2, 0)
    assert views(world) == {"a1": 5, "a2": 0, "a3": None}
    before = dict(world.tables.entities[PROJECT, "article"])
    world.run("pull")
    assert world.tables.entities[PROJECT, "article"] == before


def test_two_entities_with_one_page_fail_that_page_naming_both(world, service):
    world.write("a4", url="http://www.example.com/one#top")
    service.rows = [("https://example.com/one", 1), ("https://example.com/two", 2)]
    job = world.run("pull")
    assert (job.status, job.progress) == ("completed", Progress(2, 1, 1))
    (line,) = [line for line in world.log(job) if line.startswith("x-") and "page_claimed_twice" in line]
    assert "a1" in line
    assert "a4" in line
    assert "example.com/one" in line
    assert views(world) == {"a1": None, "a2": 2, "a3": None, "a4": None}


def test_a_contested_page_is_settled_once_one_entity_gives_way(world, service):
    world.write("a4", url="http://www.example.com/one")
    service.rows = [("https://example.com/one", 1)]
    assert world.run("pull").progress == Progress(1, 0, 1)
    world.write("a4", url="/elsewhere")
    assert world.run("pull").progress == Progress(1, 1, 0)
    assert world.failures("pull") == {}
    assert views(world)["a1"] == 1


def test_an_entity_by_path_and_one_by_url_contest_the_page(world, service):
    world.write("a4", url="/one")
    service.rows = [("https://example.com/one", 1)]
    assert world.run("pull").progress == Progress(1, 0, 1)


def test_archived_entities_get_no_figures(world, service):
    world.archive("a1")
    service.rows = [("https://example.com/one", 1)]
    assert world.run("pull").progress == Progress(1, 1, 0)
    assert views(world)["a1"] is None


def test_no_figures_at_all_are_a_completed_run(world):
    job = world.run("pull")
    assert (job.status, job.progress) == ("completed", Progress(0, 0, 0))


def test_notices_stand_in_the_log_once(world, service):
    service.notices = (Notice("day-1", "the first day was cut"),)
    service.rows = [(f"https://example.com/{number}", 1) for number in range(10)]
    job = world.run("pull")
    assert world.log(job).count("the first day was cut") == 1


def test_writing_goes_on_where_a_slice_ended(world, service):
    for number in range(250):
        world.write(f"b{number:03}", url=f"/b/{number}")
    service.rows = [(f"https://example.com/b/{number}", number + 1) for number in range(250)]
    original = service.figures_page

    def ends_the_slice(cursor):
        page = original(cursor)
        if page.next_cursor is None:
            world.clock.advance(10_000)
        return page

    world.slice_ms = 9_000
    service.figures_page = ends_the_slice
    job = world.run("pull")
    assert (job.status, job.progress) == ("completed", Progress(250, 250, 0))
    assert service.pages.count(0) == 3
    assert views(world)["b249"] == 250


def slowly(world, service, slow_pages):
    """The first pages take seconds, so that a slice is too short for all."""
    service.rows = [(f"https://example.com/a/{number}", 1) for number in range(30)]
    original, left = service.figures_page, iter(range(slow_pages))

    def figures_page(cursor):
        world.clock.advance(3_000 if next(left, None) is not None else 0)
        return original(cursor)

    world.slice_ms = 9_000
    service.figures_page = figures_page


def run_through_waits(world):
    """A pull that is looked at whenever a wait is over."""
    job_id = world.trigger("pull")
    while world.job(job_id).completed_at is None:
        world.clock.now = max(world.clock(), world.job(job_id).not_before or 0)
        world.look()
    return world.job(job_id)


def test_a_window_that_a_slow_service_left_unread_is_read_later(world, service):
    slowly(world, service, slow_pages=5)
    job = run_through_waits(world)
    assert job.status == "completed"
    assert [line for line in world.log(job) if "Waiting 60 s" in line and "window_not_read" in line]


def test_a_window_that_no_slice_can_read_fails_the_job_after_a_day_and_says_what_to_do(world, service):
    slowly(world, service, slow_pages=1_000)
    began = world.clock()
    job = run_through_waits(world)
    assert job.status == "failed"
    assert world.clock() - began >= 24 * 3_600_000
    assert "windowDays" in world.log(job)[-1]
