"""A service that is added as the documentation says, on a deployed copy of the project."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.deployed_copy import copy_project, environment_of
from tests.e2e.platform import ROOT, Platform

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

REGISTRY = "layers/core/integrations/providers/registry.py"
MAPPINGS = [
    {"source": "fields.title", "target": "title", "transform": None},
    {"source": "fields.body", "target": "html", "transform": "markdown_to_html"},
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the service's package beside the others, and its line in the registry."""
    folder = tmp_path_factory.mktemp("copy")
    copy_project(folder)
    _add_provider(folder)
    return folder


def _add_provider(folder: Path) -> None:
    package = folder / "layers/core/integrations/providers/notebook"
    package.mkdir()
    for file in (ROOT / "tests/examples/notebook").glob("*.py"):
        text = file.read_text().replace("tests.examples.notebook", "integrations.providers.notebook")
        (package / file.name).write_text(text)
    registry = folder / REGISTRY
    line = '        "sanity": "integrations.providers.sanity",\n'
    added = '        "notebook": "integrations.providers.notebook",\n'
    text = registry.read_text()
    assert line in text
    registry.write_text(text.replace(line, line + added))


def _run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [str(folder / ".venv/bin/python"), "-m", *arguments],
        cwd=folder,
        env=environment_of(folder),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def platform(copy: Path) -> Iterator[Platform]:
    """The copy, deployed."""
    _run(copy, "tools.stack", "up")
    try:
        platform = Platform(json.loads((copy / ".local/stack.json").read_text()))
        yield platform
        platform.close()
    finally:
        _run(copy, "tools.stack", "down")


def test_push_and_pull_go_through_the_deployed_worker(copy: Path, platform: Platform) -> None:
    service = platform.stack["simulators"]["notebook"]
    definition = {
        "type": "notebook",
        "name": "Notes",
        "config": {"apiHost": service["url"], "entityTypes": {"memo": "note"}},
        "fieldMappings": MAPPINGS,
        "credentials": {"token": service["token"]},
    }
    file = copy / "notebook.json"
    file.write_text(json.dumps(definition))
    found = re.search(r"int_\w+", _run(copy, "tools.create_integration", str(file)))
    assert found
    integration = found.group()
    for number in range(3):
        platform.write_entity("memo", f"m{number}", title=f"Memo {number}", body=f"Some *text* {number}")
    simulator = platform.simulator("notebook")

    assert platform.call("POST", f"/integrations/{integration}/test", "write").json()["data"]["connected"] is True
    assert platform.sync(integration)["progress"] == {"total": 3, "completed": 3, "failed": 0}
    notes = simulator.admin("GET", "dump")["documents"]
    assert {note["title"]: note["html"] for note in notes} == {
        f"Memo {number}": f"<p>Some <em>text</em> {number}</p>\n" for number in range(3)
    }
    simulator.forget_requests()
    assert platform.sync(integration)["progress"]["failed"] == 0
    assert simulator.admin("GET", "requests", method="PATCH")["count"] == 0

    before = platform.entities("memo")
    assert platform.sync(integration, direction="pull")["progress"]["failed"] == 0
    assert platform.entities("memo") == before
    simulator.admin(
        "POST", "seed", {"documents": [{"id": notes[1]["id"], "title": "Edited"}, {"id": "n", "title": "New"}]}
    )
    assert platform.sync(integration, direction="pull")["progress"]["failed"] == 0
    titles = sorted(entity["fields"]["title"] for entity in platform.entities("memo").values())
    assert titles == sorted(["Edited", "New", *(note["title"] for note in notes if note["id"] != notes[1]["id"])])
