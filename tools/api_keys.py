"""Makes and revokes API keys: `python -m tools.api_keys create --project demo --level write --plan pro`.

A key is shown once; the table only has its SHA-256. Without `--table` the running local stack is meant, with it the
table of that name in the AWS account of the environment.
"""

import argparse
import hashlib
import secrets
import sys
import time
from collections.abc import Sequence

import boto3

from integrations.domain.api_key import LEVELS, ApiKey, Level, Plan
from integrations.storage.api_keys import ApiKeyStore
from integrations.storage.table import Table
from tools.stack.description import StackDown, read_description

PREFIX = "ds_"
RANDOM_BYTES = 32
PLANS: tuple[Plan, ...] = ("free", "pro", "team", "enterprise")


def create_key(store: ApiKeyStore, project_ids: Sequence[str], level: Level, plan: Plan) -> str:
    """Stores a new key and returns it: the only time that it is known."""
    key = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    record = ApiKey(id=hash_of(key), level=level, project_ids=tuple(project_ids), plan=plan)
    store.put(record, time.time_ns() // 1_000_000)
    return key


def hash_of(key: str) -> str:
    """The id of a key: its SHA-256 in hex."""
    return hashlib.sha256(key.encode()).hexdigest()


def main() -> int:
    """Prints the new key, or the id of the revoked one."""
    options = _parser().parse_args()
    try:
        store = _store(options.table)
    except StackDown as error:
        print(error, file=sys.stderr)
        return 1
    if options.command == "create":
        print(create_key(store, options.project, options.level, options.plan))
        return 0
    revoked = store.revoke(options.id, time.time_ns() // 1_000_000)
    print(f"revoked {options.id}" if revoked else f"there is no key {options.id}", file=sys.stderr)
    return 0 if revoked else 1


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
    revoke = commands.add_parser("revoke", help="ends a key; the gateway may remember it for a minute")
    revoke.add_argument("id", help="the key's SHA-256 in hex")
    return parser


if __name__ == "__main__":
    sys.exit(main())
