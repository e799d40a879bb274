import pytest

from integrations.domain.errors import ValidationFailed
from integrations.domain.field_mapping import FieldMapping
from integrations.providers.posthog.spec import SPEC

CONFIG = {"projectId": "12345", "entityTypes": {"reader": "person"}}
CREDENTIALS = {"personalApiKey": "phx_k", "projectToken": "phc_t"}
MATCH = {"source": "fields.url", "target": "url"}


def problems_of(config):
    with pytest.raises(ValidationFailed) as refused:
        SPEC.checked_config(config)
    return dict(refused.value.details)


@pytest.mark.parametrize(
    ("hosts", "api", "ingest", "canonical"),
    [
        ({}, "https://us.posthog.com", "https://us.i.posthog.com", "us.posthog.com/12345"),
        (
            {"apiHost": "https://eu.posthog.com"},
            "https://eu.posthog.com",
            "https://eu.i.posthog.com",
            "eu.posthog.com/12345",
        ),
        (
            {"apiHost": "https://app.posthog.com/"},
            "https://app.posthog.com",
            "https://us.i.posthog.com",
            "us.posthog.com/12345",
        ),
        ({"apiHost": "http://127.0.0.1:80"}, "http://127.0.0.1", "http://127.0.0.1", "127.0.0.1/12345"),
        (
            {"apiHost": "https://ph.example.com", "ingestHost": "https://in.example.com"},
            "https://ph.example.com",
            "https://in.example.com",
            "ph.example.com/12345",
        ),
    ],
)
def test_the_ingestion_host_follows_the_region(hosts, api, ingest, canonical):
    config = SPEC.checked_config({**CONFIG, **hosts})
    assert (str(config.api_origin), str(config.ingest_origin)) == (api, ingest)
    assert config.canonical_address == canonical
    assert SPEC.addresses({**CONFIG, **hosts}) == tuple(dict.fromkeys((api, ingest)))


@pytest.mark.parametrize(
    ("hosts", "part"),
    [
        ({"apiHost": "https://us.i.posthog.com"}, "apiHost is the application's host: https://us.posthog.com"),
        ({"ingestHost": "https://eu.posthog.com"}, "ingestHost is the host of ingestion: https://eu.i.posthog.com"),
        ({"ingestHost": "https://eu.i.posthog.com"}, "of two regions"),
    ],
)
def test_hosts_that_dont_go_together_are_refused(hosts, part):
    assert part in problems_of({**CONFIG, **hosts})["config"]


def test_foreign_addresses_have_to_be_listed():
    config = {**CONFIG, "apiHost": "https://ph.example.com"}
    assert len(SPEC.address_problems(config, [])) == 1
    assert len(SPEC.address_problems({**config, "ingestHost": "https://in.example.com"}, [])) == 2
    assert SPEC.address_problems(config, ["ph.example.com:443"]) == []
    assert SPEC.address_problems({**CONFIG, "apiHost": "https://eu.posthog.com"}, []) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("projectId", "0"),
        ("projectId", "12345\n"),
        ("projectId", "@current"),
        ("projectId", 12345),
        ("apiHost", "https://user:pass@us.posthog.com"),
        ("windowDays", 0),
        ("windowDays", 366),
        ("entityTypes", {"reader": "persons"}),
        ("entityTypes", {"reader": "event:"}),
        ("entityTypes", {"reader": "event: padded"}),
        ("entityTypes", {"reader": f"event:{'x' * 201}"}),
        ("entityTypes", {"reader": "event:a\nb"}),
    ],
)
def test_a_value_that_isnt_allowed_is_refused_by_its_field(key, value):
    assert list(problems_of({**CONFIG, key: value})) == [f"config.{key}"]


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"onArchive": "delete"}, "nothing is deleted there"),
        ({"match": MATCH}, "exactly one entity type"),
        ({"match": MATCH, "entityTypes": {"a": "pageviews", "b": "person"}}, "exactly one entity type"),
        ({"match": {**MATCH, "target": "page"}, "entityTypes": {"a": "pageviews"}}, 'the target of match is "url"'),
    ],
)
def test_what_cannot_be_combined_is_refused(changes, part):
    assert part in problems_of({**CONFIG, **changes})["config"]


@pytest.mark.parametrize(
    ("types", "directions", "push_ids", "pull_ids"),
    [
        (["person"], ("push", "pull"), True, True),
        (["person", "event:read"], ("push", "pull"), True, False),
        (["event:read"], ("push", "pull"), True, False),
        (["event:$pageview"], ("pull",), True, False),
        (["pageviews"], ("pull",), True, False),
        (["pageviews", "person"], ("push", "pull"), True, False),
    ],
)
def test_directions_and_entity_ids_follow_the_types(types, directions, push_ids, pull_ids):
    config = {**CONFIG, "entityTypes": {f"t{number}": each for number, each in enumerate(types)}}
    assert SPEC.directions_for(config) == directions
    assert SPEC.entity_ids_supported("push", config) is push_ids
    assert SPEC.entity_ids_supported("pull", config) is pull_ids


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"personalApiKey": "phc_t"}, "a personal API key starts with phx_"),
        ({"projectToken": "phx_k"}, "the project token starts with phc_"),
        ({"projectToken": "phc_" + "x" * 61}, "more than 64 characters"),
        ({"personalApiKey": "phx k"}, "printable"),
    ],
)
def test_credentials_in_each_others_place_are_told(changes, part):
    with pytest.raises(ValidationFailed) as refused:
        SPEC.checked_credentials({**CREDENTIALS, **changes})
    ((field, message),) = refused.value.details
    assert field == f"credentials.{next(iter(changes))}" and part in message
    assert not [value for value in changes.values() if value in message]


def test_a_webhook_secret_may_come_with_them():
    SPEC.checked_credentials(CREDENTIALS)
    SPEC.checked_credentials({**CREDENTIALS, "webhookSecret": "s"})


@pytest.mark.parametrize("target", ["distinct_id", "properties.plan", "properties.a.b", "timestamp", "views", "uuid"])
def test_targets_of_posthog_are_taken(target):
    assert SPEC.target_problem(target) is None


@pytest.mark.parametrize("target", ["title", "properties", "properties.", "id", "$set.plan"])
def test_other_targets_are_refused_naming_the_allowed(target):
    assert "properties.<name>" in SPEC.target_problem(target)


def test_a_push_needs_the_distinct_id_and_a_mere_pull_does_not():
    mappings = [FieldMapping("fields.views", "views")]
    counted = {**CONFIG, "entityTypes": {"article": "pageviews"}, "match": MATCH}
    assert [problem for _, _, problem in SPEC.mapping_problems(mappings, CONFIG)] == [
        "PostHog needs distinct_id: map one of them"
    ]
    assert len(SPEC.mapping_problems(mappings)) == 1
    assert SPEC.mapping_problems(mappings, counted) == []
