"""Which fields each service lists; and that nothing is changed by asking."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.domain.errors import ReconnectRequired
from integrations.providers.contract import FieldListing, Foreseeing, Rejected
from tests.contract.providers.google_search_console_kit import search_console_kit
from tests.contract.providers.kit import ServiceKit
from tests.contract.providers.loops_kit import known, loops_kit
from tests.contract.providers.loops_kit import outgoing as contact
from tests.contract.providers.posthog_kit import posthog_kit
from tests.contract.providers.sanity_kit import sanity_kit

KITS = {
    "sanity": sanity_kit,
    "posthog": posthog_kit,
    "loops": loops_kit,
    "search_console": search_console_kit,
}
READING = ("/query", "/data/query", "/properties", "/persons")


@pytest.fixture(params=KITS)
def kit(request: pytest.FixtureRequest) -> ServiceKit:
    make: Any = KITS[request.param]
    made: ServiceKit = make(request.getfixturevalue(request.param))
    return made


@pytest.fixture
def provider(kit: ServiceKit) -> Iterator[Any]:
    opened = kit.open_with(kit.settings, False)
    yield opened
    opened.close()


def test_every_service_lists_its_fields_and_only_reads(kit: ServiceKit, provider: Any):
    assert kit.seed
    kit.seed(3)
    before = len(kit.admin.requests())
    assert isinstance(provider, FieldListing)
    fields = provider.fields()
    paths = [field.path for field in fields]
    assert paths
    assert len(set(paths)) == len(paths)
    made = kit.admin.requests()[before:]
    assert all(any(part in each["path"] for part in READING) for each in made), made


@pytest.mark.parametrize("kit", [name for name in KITS if name != "search_console"], indirect=True)
def test_refused_credentials_are_told(kit: ServiceKit):
    refused = kit.open_with(kit.settings, True)
    assert isinstance(refused, FieldListing)
    with pytest.raises(ReconnectRequired):
        refused.fields()
    refused.close()


def test_sanitys_fields_are_those_of_some_documents(sanity: Any):
    kit = sanity_kit(sanity)
    provider = kit.open_with(kit.settings, False)
    post = {"_id": "a", "_type": "post", "title": "A", "seo": {"score": 1, "tags": ["x"]}, "live": True, "gone": None}
    sanity.admin.seed([post, {"_id": "b", "_type": "post", "title": 1, "slug": {"_type": "slug", "current": "b"}}])
    assert isinstance(provider, FieldListing)
    assert {field.path: field.type for field in provider.fields()} == {
        "title": "unknown",
        "seo.score": "number",
        "seo.tags": "array",
        "live": "boolean",
        "gone": "unknown",
        "slug.current": "string",
    }
    provider.close()


def test_loops_fields_are_its_properties_with_the_teams_own_but_none_that_it_keeps(loops: Any):
    kit = loops_kit(loops)
    loops.admin("POST", "config", {"properties": [{"key": "plan", "label": "Plan", "type": "number"}]}) if callable(
        loops.admin
    ) else loops.admin.configure(properties=[{"key": "plan", "label": "Plan", "type": "number"}])
    provider = kit.open_with(kit.settings, False)
    assert isinstance(provider, FieldListing)
    found = {field.path: field.type for field in provider.fields()}
    assert found["plan"] == "number"
    assert found["subscribed"] == "boolean"
    assert not found.keys() & {"createdAt", "id", "notes"}
    provider.close()


def test_what_loops_would_refuse_is_known_before(loops: Any):
    kit = loops_kit(loops)
    provider = kit.open_with(kit.settings, False)
    assert isinstance(provider, Foreseeing)
    assert provider.refusal_of(contact(1), None) is None
    gone = provider.refusal_of(known(contact(1), firstName="New"), None)
    assert isinstance(gone, Rejected)
    assert gone.code == "contact_deleted"
    nameless = provider.refusal_of(contact(1, {"firstName": "x"}), None)
    assert nameless is not None
    assert nameless.code == "identity_missing"
    assert not json.dumps(kit.admin.requests()).count("/contacts/update")
    provider.close()
