"""The demo's integrations: what stands in them, whichever services the registry has."""

from datetime import UTC, datetime

import pytest

from integrations.domain.field_mapping import FieldMapping
from integrations.providers.registry import service_types, spec_for
from tests.simulators.local import local_service
from tools.create_integration import KEYS
from tools.stack import simulators
from tools.stack.demo import demos
from tools.stack.own_pages import own_pages
from tools.stack.simulators import LocalSimulator, described, simulated_services

URL = "http://127.0.0.1:41377"
COMMON = {"entityTypes", "match", "autoPush", "onArchive", "onConflict"}
CONFIG = {
    "sanity": {"projectId", "dataset", "apiVersion", "apiHost"},
    "google_search_console": {
        *("siteUrl", "dimensions", "searchType", "startDate", "lookbackDays", "windowDays", "apiHost"),
    },
    "posthog": {"projectId", "apiHost", "ingestHost", "windowDays"},
    "loops": {"mailingLists", "createProperties", "apiHost"},
}
CREDENTIALS = {
    "sanity": {"token"},
    "google_search_console": {"serviceAccount"},
    "posthog": {"personalApiKey", "projectToken"},
    "loops": {"apiKey"},
}
ACCESS = {
    "sanity": {"projectId", "dataset", "token"},
    "google_search_console": {"siteUrl", "serviceAccount", "clientId", "clientSecret", "refreshToken"},
    "posthog": {"projectId", "personalApiKey", "projectToken"},
    "loops": {"apiKey"},
}
SERVICES = sorted(CONFIG)


def running(service):
    secrets = local_service(service).new_secrets()
    return LocalSimulator(service, 4711, URL, f"{URL}/__sim", secrets)


@pytest.fixture
def registry(monkeypatch):
    """Has the registry know some services."""
    return lambda *types: monkeypatch.setattr(simulators, "service_types", lambda: types)


@pytest.fixture(scope="module")
def started():
    """The four as if they ran; making a key pair takes a while."""
    return {service: running(service) for service in SERVICES}


@pytest.fixture
def stacks_simulators(registry, started):
    """What stack.json says of the four services."""
    registry(*SERVICES)
    return described(started)


def test_the_stack_simulates_the_services_of_the_registry_that_have_a_simulator_for_it(registry):
    registry("sanity", "notebook", "without_simulator")
    assert list(simulated_services()) == ["sanity", "notebook"]


@pytest.mark.parametrize("service", SERVICES)
def test_stack_json_says_where_a_simulator_is_and_how_to_get_in(service, stacks_simulators):
    assert set(stacks_simulators[service]) == {"url", "adminUrl"} | ACCESS[service]


def test_the_key_file_asks_for_its_tokens_at_the_simulator(stacks_simulators):
    key_file = stacks_simulators["google_search_console"]["serviceAccount"]
    assert key_file["token_uri"] == f"{URL}/token"
    assert key_file["private_key"].startswith("-----BEGIN PRIVATE KEY-----")


@pytest.mark.parametrize("service", SERVICES)
def test_each_stack_has_keys_of_its_own(service):
    assert running(service).secrets != running(service).secrets


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_a_demo_integration_with_known_keys(service, stacks_simulators):
    demo = demos(stacks_simulators)[f"int_demo_{service}"]
    definition = demo.definition
    assert set(definition) == set(KEYS)
    assert definition["type"] == service
    assert set(definition["config"]) <= COMMON | CONFIG[service]
    assert set(definition["credentials"]) == CREDENTIALS[service]
    assert definition["config"]["apiHost"] == URL


@pytest.mark.parametrize("service", SERVICES)
def test_a_demo_pulls_what_is_measured_and_pushes_the_rest(service, stacks_simulators):
    demo = demos(stacks_simulators)[f"int_demo_{service}"]
    assert demo.direction == ("pull" if "match" in demo.definition["config"] else "push")
    mapped = set(demo.definition["config"]["entityTypes"])
    assert set(demo.entities) == mapped - {"article"}


@pytest.mark.parametrize("service", sorted(set(SERVICES) & set(service_types())))
def test_a_demo_is_valid_for_the_service_itself(service, stacks_simulators):
    definition, spec = demos(stacks_simulators)[f"int_demo_{service}"].definition, spec_for(service)
    assert spec.address_problems(definition["config"], [URL.removeprefix("http://")]) == []
    mappings = [FieldMapping(**mapping) for mapping in definition["fieldMappings"]]
    assert spec.mapping_problems(mappings, definition["config"]) == []
    assert spec.credentials_plaintext(definition["credentials"])


def test_sanitys_demo_is_the_published_one(stacks_simulators):
    definition = demos(stacks_simulators)["int_demo_sanity"].definition
    assert definition["config"]["entityTypes"] == {"article": "post"}
    assert [tuple(mapping.values()) for mapping in definition["fieldMappings"]] == [
        ("fields.title", "title", None),
        ("fields.title", "slug.current", "slugify"),
        ("fields.body", "body", "markdown_to_html"),
        ("fields.description", "seo.description", None),
    ]


class Seeded:
    """Takes what is seeded, as an `AdminClient` would."""

    def __init__(self):
        self.found = []

    def seed(self, documents):
        self.found += documents

    def call(self, method, path, body):
        self.found += body["rows"]


def test_figures_are_those_of_the_projects_own_pages_and_of_today():
    now, pages = datetime(2026, 3, 2, 12, tzinfo=UTC), [page.address for page in own_pages()]
    rows, events = Seeded(), Seeded()
    local_service("google_search_console").seed(rows, pages, now)
    local_service("posthog").seed(events, pages, now)
    assert {row["page"] for row in rows.found} > set(pages)
    assert max(row["date"] for row in rows.found) == "2026-03-02"
    assert all(row["impressions"] >= row["clicks"] > 0 for row in rows.found)
    views = [event for event in events.found if event.get("event") == "$pageview"]
    assert {view["properties"]["$current_url"] for view in views} > set(pages)
    assert max(view["timestamp"] for view in views) < now.isoformat()


def test_a_page_is_published_under_its_path():
    published = {str(page.name): (page.path, page.address) for page in own_pages()}
    where = "/docs/architecture"
    assert published["docs/architecture.md"] == (where, f"https://www.example.com{where}")
