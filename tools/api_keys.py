"""Makes, lists, rotates and revokes API keys: `python -m tools.api_keys create --project demo --level read --plan pro`.

A key is shown once; the table only has its SHA-256, which is its id. Without `--table` the running local stack is
meant, with it the table of that name in the AWS account of the environment. The gateway remembers a key for up to 60
seconds.
"""

import argparse
import hashlib
import secrets
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import boto3

from integrations.domain.api_key import LEVELS, ApiKey, Level, Plan
from integrations.storage.api_keys import ApiKeyStore
from integrations.storage.table import Table
from tools.stack.description import StackDown, read_description

PREFIX = "ds_"
RANDOM_BYTES = 32
HOUR_MS = 60 * 60 * 1_000
PLANS: tuple[Plan, ...] = ("free", "pro", "team", "enterprise")


class NoSuchKey(Exception):
    """There is no key of that id, or it is revoked."""


def create_key(store: ApiKeyStore, project_ids: Sequence[str], level: Level, plan: Plan) -> str:
    """Stores a new key and returns it: the only time that it is known."""
    key = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    store.put(ApiKey(id=hash_of(key), level=level, project_ids=tuple(project_ids), plan=plan), _now_ms())
    return key


def rotate_key(store: ApiKeyStore, key_id: str, grace_ms: int = 0) -> str:
    """A new key that may do what the old one may, which ends after the grace. Raises `NoSuchKey`."""
    now = _now_ms()
    old = store.find(key_id)
    if old is None or old.is_revoked(now):
        raise NoSuchKey(f"there is no key {key_id} that still works")
    key = create_key(store, old.project_ids, old.level, old.plan)
    store.revoke(key_id, now + grace_ms)
    return key


def hash_of(key: str) -> str:
    """The id of a key: its SHA-256 in hex."""
    return hashlib.sha256(key.encode()).hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the new key, the project's keys, or the id of the revoked one."""
    options = _parser().parse_args(arguments)
    try:
        return _run(_store(options.table), options)
    except (StackDown, NoSuchKey) as error:
        print(error, file=sys.stderr)
        return 1


def _run(store: ApiKeyStore, options: argparse.Namespace) -> int:
    match options.command:
        case "create":
            print(create_key(store, options.project, options.level, options.plan))
        case "list":
            for key in store.list(options.project):
                print(_line(key, _now_ms()))
        case "rotate":
            print(rotate_key(store, options.id, round(options.grace_hours * HOUR_MS)))
        case _:
            if not store.revoke(options.id, _now_ms()):
                raise NoSuchKey(f"there is no key {options.id}")
            print(f"revoked {options.id}", file=sys.stderr)
    return 0


def _line(key: ApiKey, now: int) -> str:
    state = "" if key.revoked_at is None else f"{'revoked' if key.is_revoked(now) else 'ends'} {_time(key.revoked_at)}"
    projects = ",".join(key.project_ids)
    return f"{key.id}  {_time(key.created_at)}  {key.level:5}  {key.plan:10}  {projects}  {state}".rstrip()


def _time(unix_ms: int) -> str:
    return datetime.fromtimestamp(unix_ms / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _store(table_name: str | None) -> ApiKeyStore:
    if table_name:
        return ApiKeyStore(Table(boto3.client("dynamodb"), table_name))
    stack = read_description()
    return ApiKeyStore(Table(stack.client("dynamodb"), stack.table("integrations")))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.api_keys", description=__doc__)
    parser.add_argument("--table", help="name of IntegrationsTable on AWS; without it, the local stack's")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="makes a key and shows it, once")
    create.add_argument("--project", action="append", required=True, help="a project it serves; may be repeated")
    create.add_argument("--level", choices=LEVELS, required=True)
    create.add_argument("--plan", choices=PLANS, required=True)
    listing = commands.add_parser("list", help="id, creation, level, plan, projects and end of a project's keys")
    listing.add_argument("--project", required=True)
    rotate = commands.add_parser("rotate", help="makes a key that may do the same, and ends the old one")
    rotate.add_argument("id", help="the old key's SHA-256 in hex, as `list` shows it")
    rotate.add_argument("--grace-hours", type=_hours, default=0.0, help="how long the old one goes on; 0 without it")
    revoke = commands.add_parser("revoke", help="ends a key; the gateway may remember it for a minute")
    revoke.add_argument("id", help="the key's SHA-256 in hex, as `list` shows it")
    return parser


def _hours(text: str) -> float:
    hours = float(text)
    if not 0 <= hours <= 24 * 90:
        message = f"{text} hours; a grace has 0 to {24 * 90}"
        raise argparse.ArgumentTypeError(message)
    return hours


if __name__ == "__main__":
    sys.exit(main())
