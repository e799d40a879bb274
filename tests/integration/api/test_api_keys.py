"""API keys from the command line to the authorizer: made, listed, rotated, revoked."""

import re
from collections.abc import Callable

import pytest

from integrations.domain.api_key import ApiKey
from integrations.runtime.api import services
from integrations.storage.table import Table
from tests.integration.api.gateway import ARN, Context, handler
from tools import api_keys
from tools.api_keys import hash_of

type Run = Callable[..., str]


@pytest.fixture
def run(table: Table, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command on the functions' table; what it prints."""

    def run(*arguments: str, code: int = 0) -> str:
        assert api_keys.main(["--table", services().settings.integrations_table, *arguments]) == code
        return capsys.readouterr().out.strip()

    return run


def create(run: Run, project: str, level: str = "write", plan: str = "pro") -> str:
    return run("create", "--project", project, "--level", level, "--plan", plan)


def works(key: str) -> bool:
    """Whether the authorizer lets it in; it remembers nothing, the gateway does for up to a minute."""
    event = {"type": "REQUEST", "methodArn": f"{ARN}/GET/api/v1/jobs", "headers": {"Authorization": f"Bearer {key}"}}
    try:
        return bool(handler("authorize").lambda_handler(event, Context())["context"])
    except Exception as error:
        if str(error) != "Unauthorized":
            raise
        return False


def stored(key: str) -> ApiKey:
    found = services().api_keys.find(hash_of(key))
    assert found is not None
    return found


def test_a_new_key_works_at_once_and_is_of_the_published_form(run: Run):
    key = create(run, "keys-new")
    assert re.fullmatch(r"ds_[A-Za-z0-9_-]{43}", key)
    assert works(key)
    assert (stored(key).level, stored(key).plan, stored(key).project_ids) == ("write", "pro", ("keys-new",))


def test_a_revoked_key_stops_working(run: Run):
    key = create(run, "keys-revoked")
    run("revoke", hash_of(key))
    assert not works(key)
    assert "revoked" in run("list", "--project", "keys-revoked")


def test_a_rotated_key_may_do_the_same_and_ends_the_old_one(run: Run):
    old = create(run, "keys-rotated", "admin", "team")
    new = run("rotate", hash_of(old))
    assert new != old
    assert works(new)
    assert not works(old)
    assert (stored(new).level, stored(new).plan, stored(new).project_ids) == ("admin", "team", ("keys-rotated",))


def test_after_a_grace_the_old_key_ends_by_itself(run: Run, monkeypatch: pytest.MonkeyPatch):
    old = create(run, "keys-grace")
    new = run("rotate", hash_of(old), "--grace-hours", "1.5")
    assert works(old)
    assert works(new)
    assert "ends " in run("list", "--project", "keys-grace")
    later = services().now() + 2 * 3_600_000
    monkeypatch.setattr("integrations.runtime.api.ApiServices.now", lambda _: later)
    assert not works(old)
    assert works(new)


def test_a_key_in_its_grace_can_be_revoked_at_once(run: Run):
    old = create(run, "keys-hurry")
    run("rotate", hash_of(old), "--grace-hours", "24")
    run("revoke", hash_of(old))
    assert not works(old)


def test_a_list_shows_the_projects_keys_and_no_secret(run: Run):
    keys = [create(run, "keys-listed", level) for level in ("read", "admin")]
    create(run, "keys-elsewhere")
    lines = run("list", "--project", "keys-listed").splitlines()
    assert [line.split()[0] for line in lines] == [hash_of(key) for key in keys]
    assert [line.split()[2] for line in lines] == ["read", "admin"]
    assert not [key for key in keys if key in "".join(lines)]


@pytest.mark.parametrize("command", ["rotate", "revoke"])
def test_what_isnt_there_is_said_and_nothing_is_made(run: Run, command: str):
    assert run(command, "ab" * 32, code=1) == ""


def test_a_revoked_key_isnt_rotated(run: Run):
    key = create(run, "keys-over")
    run("revoke", hash_of(key))
    assert run("rotate", hash_of(key), code=1) == ""
    assert len(run("list", "--project", "keys-over").splitlines()) == 1
