"""A whole corpus there and back: `make e2e CONTENT=<folder>`, or a generated one of that size."""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from integrations.domain.identity import external_id_of_entity
from integrations.mapping.html import markdown_to_html
from integrations.mapping.transforms import apply_transform
from tests.e2e.conftest import Connected
from tests.e2e.corpus import generate
from tests.e2e.platform import Platform, make

pytestmark = pytest.mark.stack

MUTATE_REQUESTS_MAXIMUM = 4
SECONDS_MAXIMUM = 15
RUNS = 3


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that CONTENT names, else a generated one."""
    if named := os.environ.get("CONTENT"):
        return Path(named).resolve()
    folder = tmp_path_factory.mktemp("content")
    generate(folder)
    return folder


@pytest.fixture
def imported(connect: Callable[..., Connected], content: Path) -> Connected:
    """An integration whose entity type holds the content."""
    made = connect()
    make("import", f"FROM={content}", f"TYPE={made.entity_type}")
    return made


def test_importing_twice_changes_nothing(imported: Connected, content: Path) -> None:
    before = imported.entities()
    assert len(before) == len(list(content.rglob("*.md")))
    make("import", f"FROM={content}", f"TYPE={imported.entity_type}")
    assert imported.entities() == before


def test_a_corpus_goes_there_and_back(imported: Connected) -> None:
    entities = imported.entities()
    count = len(entities)
    imported.sanity.forget_requests()
    job = imported.push()
    assert (job["status"], job["progress"]) == ("completed", {"total": count, "completed": count, "failed": 0})
    mutations = imported.sanity.mutations()
    assert len(mutations) <= MUTATE_REQUESTS_MAXIMUM
    assert all(mutation["bodyBytes"] <= 1_000_000 for mutation in mutations)
    assert imported.documents() == _expected(imported)

    imported.sanity.forget_requests()
    assert imported.push()["progress"] == {"total": count, "completed": count, "failed": 0}
    assert imported.sanity.mutations() == []

    assert imported.pull()["progress"] == {"total": count, "completed": count, "failed": 0}
    assert imported.entities() == entities

    first, second = sorted(entities)[:2]
    imported.platform.write_entity(imported.entity_type, first, title="Changed here")
    imported.push()
    [mutation] = imported.sanity.mutations()
    assert mutation["ids"] == [_document_id(imported, first)]

    html = "<h2>Edited</h2>\n<p>In the <em>Studio</em>.</p>\n"
    imported.sanity.edit(_document_id(imported, second), title="Edited there", body=html)
    before = imported.entities()
    assert imported.pull()["progress"]["failed"] == 0
    after = imported.entities()
    assert after[second]["fields"]["title"] == "Edited there"
    assert markdown_to_html(after[second]["fields"]["body"]) == html
    assert {**after, second: None} == {**before, second: None}


def test_a_corpus_is_pushed_in_time(
    connect: Callable[..., Connected], content: Path, platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = []
    for _ in range(RUNS):
        made = connect()
        make("import", f"FROM={content}", f"TYPE={made.entity_type}")
        begin = time.monotonic()
        job = platform.sync(made.id, direction="push")
        seconds.append(time.monotonic() - begin)
        assert job["status"] == "completed"
    median = statistics.median(seconds)
    with capsys.disabled():
        shown = ", ".join(f"{value:.1f}" for value in seconds)
        print(f"\npush of {job['progress']['total']} documents, trigger to completed: {median:.1f} s (of {shown})")
    assert median < SECONDS_MAXIMUM


def _document_id(connected: Connected, entity_id: str) -> str:
    return external_id_of_entity(connected.platform.stack["projectId"], entity_id)


def _expected(connected: Connected) -> dict[str, dict[str, object]]:
    expected = {}
    for entity_id, entity in connected.entities().items():
        fields = entity["fields"]
        document: dict[str, object] = {}
        if "title" in fields:
            document["title"] = fields["title"]
            slug = apply_transform("slugify", fields["title"])
            document["slug"] = {"_type": "slug", "current": slug}
        if "body" in fields:
            document["body"] = apply_transform("markdown_to_html", fields["body"])
        if "description" in fields:
            document["seo"] = {"description": fields["description"]}
        expected[_document_id(connected, entity_id)] = document
    return expected
