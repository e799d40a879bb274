import subprocess
import sys
from dataclasses import replace

import pytest

from integrations.domain.api_key import ApiKey
from integrations.storage.api_keys import PROJECTS_MAXIMUM, ApiKeyStore
from tests.contract.storage.world import NOW, DynamoWorld

KEY = ApiKey("ab" * 32, "write", ("demo", "second"), "pro", created_at=NOW)
HEAVY = ("pydantic", "aws_lambda_powertools", "httpx", "boto3")


@pytest.fixture
def store(dynamo: DynamoWorld) -> ApiKeyStore:
    return ApiKeyStore(dynamo.table)


def test_a_key_is_found_by_its_hash(store: ApiKeyStore):
    store.put(KEY, NOW)
    assert store.find(KEY.id) == KEY
    assert store.find("cd" * 32) is None
    assert store.find("") is None


def test_a_revoked_key_says_since_when_and_the_earliest_time_stays(store: ApiKeyStore):
    store.put(KEY, NOW)
    assert store.revoke(KEY.id, NOW + 5)
    assert store.revoke(KEY.id, NOW + 9)
    assert store.find(KEY.id) == replace(KEY, revoked_at=NOW + 5)
    assert store.revoke(KEY.id, NOW + 1)
    assert store.find(KEY.id) == replace(KEY, revoked_at=NOW + 1)
    assert not store.revoke("cd" * 32, NOW)
    assert store.find("cd" * 32) is None


def test_a_revoked_key_that_is_given_out_again_works(store: ApiKeyStore):
    store.put(replace(KEY, revoked_at=NOW), NOW)
    assert store.find(KEY.id) == replace(KEY, revoked_at=NOW)
    store.put(KEY, NOW)
    assert store.find(KEY.id) == KEY


def test_a_projects_keys_are_listed_the_oldest_first_with_the_revoked_ones(store: ApiKeyStore):
    younger = ApiKey("cd" * 32, "read", ("demo",), "free", created_at=NOW + 1)
    for key in (younger, KEY, ApiKey("ef" * 32, "read", ("other",), "free")):
        store.put(key, key.created_at or NOW)
    store.revoke(younger.id, NOW + 2)
    assert store.list("demo") == [KEY, replace(younger, revoked_at=NOW + 2)]
    assert store.list("second") == [KEY]
    assert store.list("nobodys") == []


def test_a_key_is_not_listed_for_a_project_that_it_serves_no_more(store: ApiKeyStore):
    store.put(KEY, NOW)
    store.put(replace(KEY, project_ids=("second",)), NOW)
    assert store.list("demo") == []


def test_as_many_projects_as_a_transaction_takes(store: ApiKeyStore):
    many = replace(KEY, project_ids=tuple(f"p{number}" for number in range(PROJECTS_MAXIMUM)))
    store.put(many, NOW)
    assert store.list("p98") == [many]


def test_finding_a_key_loads_nothing_heavy():
    program = f"import sys, integrations.storage.api_keys; print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
