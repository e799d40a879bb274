"""One stack for all end-to-end tests; every test has an integration and an entity type of its own."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from integrations.domain.identity import external_id_of_entity
from tests.e2e.platform import Platform, Simulator, load_platform, make

MAPPINGS = [
    {"source": "fields.title", "target": "title", "transform": None},
    {"source": "fields.title", "target": "slug.current", "transform": "slugify"},
    {"source": "fields.body", "target": "body", "transform": "markdown_to_html"},
    {"source": "fields.description", "target": "seo.description", "transform": None},
]


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The local stack, brought up if it isn't."""
    make("up")
    platform = load_platform()
    yield platform
    platform.close()


@dataclass(frozen=True)
class Connected:
    """An integration with Sanity and the entity type it maps, both of one test alone."""

    platform: Platform
    id: str
    entity_type: str
    document_type: str

    @property
    def sanity(self) -> Simulator:
        """The service."""
        return self.platform.sanity

    def entity_id(self, name: str) -> str:
        """The id of the test's entity of that name: documents of different tests must not share an id."""
        return f"{self.entity_type}-{name}"

    def write(self, name: str, **fields: object) -> None:
        """Creates or changes an entity."""
        self.platform.write_entity(self.entity_type, self.entity_id(name), **fields)

    def entities(self) -> dict[str, dict[str, Any]]:
        """The entities, by name; imported ones by id."""
        stored = self.platform.entities(self.entity_type)
        return {entity_id.removeprefix(f"{self.entity_type}-"): entity for entity_id, entity in stored.items()}

    def documents(self) -> dict[str, dict[str, Any]]:
        """The documents, by id."""
        return self.sanity.documents(self.document_type)

    def document_id(self, name: str) -> str:
        """The id of the document that the test's entity makes."""
        return external_id_of_entity(self.platform.stack["projectId"], self.entity_id(name))

    def push(self, **body: object) -> dict[str, Any]:
        """Pushes and waits; the ended job."""
        return self.platform.sync(self.id, direction="push", **body)

    def pull(self, **body: object) -> dict[str, Any]:
        """Pulls and waits; the ended job."""
        return self.platform.sync(self.id, direction="pull", **body)


@pytest.fixture
def connect(platform: Platform, tmp_path: Path) -> Iterator[Callable[..., Connected]]:
    """Makes integrations: `connect(token=…, **config)`."""
    platform.sanity.admin("DELETE", "faults")

    def connected(token: str | None = None, **config: object) -> Connected:
        name = uuid.uuid4().hex[:12]
        service = platform.stack["simulators"]["sanity"]
        entity_type, document_type = f"type_{name}", f"doc_{name}"
        wanted = {
            "type": "sanity",
            "name": f"Test {name}",
            "config": {
                "projectId": service["projectId"],
                "dataset": service["dataset"],
                "apiHost": service["url"],
                "entityTypes": {entity_type: document_type},
                **config,
            },
            "fieldMappings": MAPPINGS,
            "credentials": {"token": token or service["token"]},
        }
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(wanted))
        printed = make("integration", f"FILE={file}")
        found = re.search(r"int_\w+", printed)
        assert found, printed
        return Connected(platform, found.group(), entity_type, document_type)

    yield connected
    platform.sanity.admin("DELETE", "faults")
    platform.sanity.admin("POST", "config", {"lagSeconds": 0, "lagIgnoresSync": False})


@pytest.fixture
def connected(connect: Callable[..., Connected]) -> Connected:
    """An integration with three articles that were never pushed."""
    made = connect()
    for number in range(3):
        made.write(f"a{number}", title=f"Title {number}", body=f"Some *text* {number}", description="short")
    return made
