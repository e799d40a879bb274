import json
from collections.abc import Callable
from typing import Any

import pytest

from integrations.domain.errors import ReconnectRequired
from integrations.domain.integration import StatusReason
from integrations.runtime.api import services
from integrations.storage.credentials import CredentialStore
from integrations.storage.table import Table
from tests.api_world import NOW, World
from tests.integration.api.conftest import LogLines
from tests.integration.api.managing import (
    ADDRESSES,
    NEW,
    TITLE,
    audited,
    call,
    change,
    create,
    give_credentials,
    opened,
    problems,
    shown,
)

PATH = "/integrations/int_active/credentials"
PLANTED = "planted-0f3c9a"
WORD = "planted0f3c9a"
"""A secret that could be a key's name."""


def test_credentials_are_sealed_for_their_purpose_and_address(world: World, table: Table):
    id = create(world)["id"]
    give_credentials(world, id, token="sk", webhookSecret="wh")
    assert opened(table, world, id) == '{"token":"sk"}'
    assert opened(table, world, id, "webhook") == "wh"
    sealed = CredentialStore(table).read_ciphertext(world.ours, id, "webhook")
    assert sealed is not None
    for purpose, addresses in (("service", ADDRESSES), ("webhook", ("https://api.sanity.io",))):
        with pytest.raises(ReconnectRequired):
            services().vault.open(world.ours, id, purpose, addresses, sealed)  # type: ignore[arg-type]


def test_all_of_them_are_replaced(world: World, table: Table):
    id = create(world)["id"]
    give_credentials(world, id, token="sk", webhookSecret="wh")
    give_credentials(world, id, token="renewed")
    assert opened(table, world, id) == '{"token":"renewed"}'
    assert opened(table, world, id, "webhook") is None
    assert audited(world, id)[:2] == [
        ("put_credentials", ["credentials.token"]),
        ("put_credentials", ["credentials.token", "credentials.webhookSecret"]),
    ]


@pytest.mark.parametrize(
    ("before", "after"), [("pending", "pending"), ("error", "pending"), ("active", "pending"), ("inactive", "inactive")]
)
def test_new_credentials_have_to_prove_themselves(world: World, before: Any, after: str):
    services().integrations.set_status(world.ours, "int_active", before, StatusReason("was", "It was so.", NOW))
    version = shown(world, "int_active")["version"]
    give_credentials(world, "int_active", token="sk")
    data = shown(world, "int_active")
    assert (data["status"], data["statusReason"], data["credentialsSet"], data["version"]) == (
        after,
        None,
        True,
        version,
    )


def test_credentials_given_while_inactive_have_not_worked_yet(world: World):
    change(world, "int_active", {"status": "inactive"})
    give_credentials(world, "int_active", token="sk")
    assert change(world, "int_active", {"status": "active"}, 2).body["data"]["status"] == "pending"


def test_a_change_goes_on_from_the_version_before_the_credentials(world: World):
    id = create(world)["id"]
    give_credentials(world, id, token="sk")
    assert change(world, id, {"name": "Other"}, 1).status == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["credentials.token"]),
        ({"token": ""}, ["credentials.token"]),
        ({"token": None}, ["credentials.token"]),
        ({"token": "sk", "apiKey": "x"}, ["credentials.(key)"]),
        ({"token": "s" * 4097}, ["credentials.token"]),
        ({"token": "s" * 3000, "webhookSecret": "s" * 1500}, ["credentials"]),
        ([], ["body"]),
        ("null", ["body"]),
    ],
)
def test_credentials_that_the_service_does_not_take_are_refused(world: World, body: object, fields: list[str]):
    before = shown(world, "int_active")
    found = problems(call(world, "PUT", "/integrations/int_active/credentials", body))
    assert list(found) == fields
    assert shown(world, "int_active") == before


def test_the_known_keys_are_named(world: World):
    found = problems(call(world, "PUT", PATH, {"token": "sk", "tokn": "x"}))
    assert "known are token, webhookSecret" in found["credentials.(key)"]


WRONG_PLACES: dict[str, tuple[str, str, object, dict[str, str]]] = {
    "the right place": (
        "PUT",
        PATH,
        {"token": PLANTED, "webhookSecret": PLANTED},
        {},
    ),
    "a wrong key": ("PUT", PATH, {"apiKey": PLANTED}, {}),
    "as a key": ("PUT", PATH, {PLANTED: "x", WORD: "y"}, {}),
    "a list": ("PUT", PATH, {"token": [PLANTED]}, {}),
    "an object": ("PUT", PATH, {"token": {WORD: PLANTED}}, {}),
    "with blanks": ("PUT", PATH, {"token": f"{PLANTED} {PLANTED}"}, {}),
    "too long": ("PUT", PATH, {"token": PLANTED * 400}, {}),
    "too long together": (
        "PUT",
        PATH,
        {"token": PLANTED * 200, "webhookSecret": PLANTED * 200},
        {},
    ),
    "the body as text": ("PUT", PATH, PLANTED, {}),
    "the body as a string": ("PUT", PATH, json.dumps(PLANTED), {}),
    "the body as a list": ("PUT", PATH, [PLANTED], {}),
    "half a body": ("PUT", PATH, f'{{"token": "{PLANTED}', {}),
    "another media type": (
        "PUT",
        PATH,
        f"token={PLANTED}",
        {"Content_Type": "text/plain"},
    ),
    "of nothing": ("PUT", "/integrations/int_nobody/credentials", {"token": PLANTED}, {}),
    "of a new one": ("POST", "/integrations", NEW | {"credentials": {"token": PLANTED}}, {}),
    "in a new one's config": ("POST", "/integrations", NEW | {"config": NEW["config"] | {"token": PLANTED}}, {}),
    "for a new one's config": ("POST", "/integrations", NEW | {"config": PLANTED}, {}),
    "for a new one's transform": ("POST", "/integrations", NEW | {"fieldMappings": [TITLE, PLANTED]}, {}),
    "in a change": ("PATCH", "/integrations/int_active", {"token": PLANTED}, {"If_Match": "1"}),
    "in a changed config": ("PATCH", "/integrations/int_active", {"config": {"token": PLANTED}}, {"If_Match": "1"}),
    "as a status": ("PATCH", "/integrations/int_active", {"status": PLANTED}, {"If_Match": "1"}),
    "as a version": ("PATCH", "/integrations/int_active", {"name": "Other"}, {"If_Match": PLANTED}),
    "in a trigger": ("POST", "/integrations/int_active/sync", {"token": PLANTED}, {}),
}


@pytest.mark.parametrize("place", WRONG_PLACES)
def test_a_secret_comes_back_from_nowhere(
    place: str,
    world: World,
    items: Callable[[World], list[dict[str, Any]]],
    log_lines: LogLines,
    capfd: pytest.CaptureFixture[str],
):
    method, path, body, headers = WRONG_PLACES[place]
    answer = call(world, method, path, body, **headers)
    looked = [shown(world, "int_active"), audited(world, "int_active"), call(world, "GET", "/integrations").body]
    logged = log_lines()
    seen = f"{answer.body} {answer.headers} {looked} {logged} {items(world)} {capfd.readouterr()}"
    assert PLANTED not in seen
    assert WORD not in seen
    assert logged


@pytest.mark.parametrize("operation", ["seal", "store"])
def test_a_failure_on_our_side_says_nothing_of_them(
    operation: str, world: World, log_lines: LogLines, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object, **__: object) -> Any:
        raise RuntimeError("a bug")

    part = services().vault if operation == "seal" else services().management
    monkeypatch.setattr(part, "seal" if operation == "seal" else "put_credentials", fail)
    answer = call(world, "PUT", PATH, {"token": PLANTED})
    assert (answer.status, answer.code) == (500, "internal_error")
    assert [line for line in log_lines() if "a bug" in str(line)]
    assert PLANTED not in str(answer.body) + str(log_lines())
