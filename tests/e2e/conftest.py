"""One stack for all end-to-end tests; every test has an integration and an entity type of its own."""

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.connected import Connected, Connector
from tests.e2e.platform import Platform, load_platform, make

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


@pytest.fixture
def connect_to(platform: Platform) -> Iterator[Connector]:
    """Makes integrations of any service: `connect_to("loops", config, mappings, credentials, entity_types)`."""
    simulators = [platform.simulator(service) for service in platform.stack["simulators"]]
    for simulator in simulators:
        simulator.forget_faults()
    yield Connector(platform)
    for simulator in simulators:
        simulator.forget_faults()


@pytest.fixture
def connect(connect_to: Connector, platform: Platform) -> Iterator[Callable[..., Connected]]:
    """Makes integrations with Sanity: `connect(token=…, **config)`."""

    def connected(token: str | None = None, **config: object) -> Connected:
        return connect_to.to_sanity(config, MAPPINGS, token)

    yield connected
    platform.sanity.admin("POST", "config", {"lagSeconds": 0, "lagIgnoresSync": False})


@pytest.fixture
def connected(connect: Callable[..., Connected]) -> Connected:
    """An integration with three articles that were never pushed."""
    made = connect()
    for number in range(3):
        made.write(f"a{number}", title=f"Title {number}", body=f"Some *text* {number}", description="short")
    return made
