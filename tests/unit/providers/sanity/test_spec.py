import pytest

from integrations.domain.errors import ValidationFailed
from integrations.domain.field_mapping import FieldMapping
from integrations.providers.sanity.spec import SPEC

CONFIG = {"projectId": "p1", "dataset": "production", "entityTypes": {"article": "post"}}


def problems_of(config):
    with pytest.raises(ValidationFailed) as refused:
        SPEC.checked_config(config)
    return dict(refused.value.details)


def test_a_configuration_is_completed_with_defaults():
    config = SPEC.checked_config(CONFIG)
    assert (config.api_version, config.on_archive, config.on_conflict, config.auto_push) == (
        "2025-02-19",
        "ignore",
        "skip",
        False,
    )
    assert str(config.origin) == "https://p1.api.sanity.io"


def test_the_version_may_be_written_with_its_v():
    assert SPEC.checked_config({**CONFIG, "apiVersion": "v2026-01-01"}).api_version == "2026-01-01"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("projectId", "P1"),
        ("projectId", "p1.evil.example/"),
        ("projectId", "-p1"),
        ("projectId", "p" * 64),
        ("projectId", "p1\n"),
        ("projectId", 1),
        ("dataset", "Production"),
        ("dataset", "../x"),
        ("dataset", "d" * 65),
        ("apiVersion", "2025-13-01"),
        ("apiVersion", "1"),
        ("apiVersion", "vX"),
        ("apiHost", "https://user:pass@api.sanity.io"),
        ("apiHost", "https://api.sanity.io/v1"),
        ("apiHost", "file:///etc/passwd"),
        ("entityTypes", {}),
        ("entityTypes", {"article": "9post"}),
        ("entityTypes", {"article": 'post" || true'}),
        ("autoPush", "yes"),
        ("onArchive", "destroy"),
        ("onConflict", "merge"),
    ],
)
def test_a_value_that_isnt_allowed_is_refused_by_its_field(key, value):
    assert list(problems_of({**CONFIG, key: value})) == [f"config.{key}"]


def test_an_entity_type_needs_a_name():
    assert list(problems_of({**CONFIG, "entityTypes": {"": "post", "e" * 129: "page"}})) == [
        "config.entityTypes.",
        "config.entityTypes." + "e" * 129,
    ]


def test_unknown_keys_are_refused_naming_the_known_ones():
    problems = problems_of({**CONFIG, "project_id": "p1", "useCdn": True})
    assert set(problems) == {"config.project_id", "config.useCdn"}
    assert "apiVersion" in problems["config.useCdn"]


def test_two_entity_types_may_not_share_a_document_type():
    assert "one to one" in problems_of({**CONFIG, "entityTypes": {"article": "post", "news": "post"}})["config"]


def test_matched_records_are_never_deleted():
    match = {"source": "fields.url", "target": "page"}
    SPEC.checked_config({**CONFIG, "match": match})
    assert "not ours to delete" in problems_of({**CONFIG, "match": match, "onArchive": "delete"})["config"]


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"token": ""},
        {"token": "sk secret"},
        {"token": "sksecret\n"},
        {"token": "skgéheim"},
        {"token": ["sksecret"]},
        {"token": "s" * 4_097},
        {"token": "ok", "secret": "sksecret"},
        {"token": "ok", "sk-secret-as-a-key": "x"},
    ],
)
def test_credentials_that_arent_allowed_are_refused_without_being_repeated(raw):
    with pytest.raises(ValidationFailed) as refused:
        SPEC.credentials_plaintext(raw)
    error = refused.value
    text = f"{error} {error!r} {error.details} {error.__cause__!r} {error.__context__!r}"
    assert not any(secret in text for secret in ("sksecret", "sk secret", "skgéheim", "sk-secret-as-a-key", "sss"))


def test_credentials_are_at_most_4096_bytes_in_all():
    assert len(SPEC.credentials_plaintext({"token": "s" * 4_000})) == 4_012
    with pytest.raises(ValidationFailed, match="too long"):
        SPEC.credentials_plaintext({"token": "s" * 3_000, "webhookSecret": "s" * 2_000})


def test_credentials_hide_themselves():
    credentials = SPEC.checked_credentials({"token": "sksecret", "webhookSecret": "whsecret"})
    assert "secret" not in repr(credentials).replace("webhook_secret", "")
    assert "secret" not in credentials.model_dump_json().replace("webhook_secret", "")


def test_credentials_are_bound_to_the_address_that_is_called():
    assert SPEC.addresses(CONFIG) == ("https://p1.api.sanity.io",)
    assert SPEC.addresses({**CONFIG, "apiHost": "http://127.0.0.1:4001/"}) == ("http://127.0.0.1:4001",)


def test_an_address_is_a_problem_unless_it_is_sanitys_or_listed():
    assert SPEC.address_problems(CONFIG, ()) == []
    local = {**CONFIG, "apiHost": "http://127.0.0.1:4001"}
    assert SPEC.address_problems(local, ("127.0.0.1:4001",)) == []
    ((field, message),) = SPEC.address_problems(local, ())
    assert field == "config.apiHost"
    assert "https://p1.api.sanity.io" in message


@pytest.mark.parametrize("host", [{}, {"apiHost": "https://api.sanity.io"}, {"apiHost": "https://p1.api.sanity.io"}])
def test_a_dataset_has_one_identity_by_whichever_own_host_it_is_called(host):
    assert SPEC.checked_config({**CONFIG, **host}).canonical_address == "api.sanity.io/p1/production"


def test_targets_that_belong_to_sanity_are_refused():
    mappings = [FieldMapping("fields.a", "title"), FieldMapping("fields.b", "_id"), FieldMapping("fields.c", "_x.y")]
    assert [(index, field) for index, field, _ in SPEC.mapping_problems(mappings)] == [(1, "target"), (2, "target")]


def test_mappings_keep_the_rules_of_all_services_too():
    mappings = [FieldMapping("fields.a", "title"), FieldMapping("fields.b", "title.sub"), FieldMapping("nothing", "x")]
    assert [(index, field) for index, field, _ in SPEC.mapping_problems(mappings)] == [(1, "target"), (2, "source")]


def test_both_directions_can_be_narrowed_to_entities():
    assert SPEC.entity_ids_supported("push", CONFIG)
    assert SPEC.entity_ids_supported("pull", CONFIG)
