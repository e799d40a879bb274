import subprocess
import sys
from dataclasses import replace

from integrations.domain.api_key import ApiKey
from integrations.storage.api_keys import ApiKeyStore
from tests.contract.storage.world import NOW, DynamoWorld

KEY = ApiKey("ab" * 32, "write", ("demo", "second"), "pro")
HEAVY = ("pydantic", "aws_lambda_powertools", "httpx", "boto3")


def test_a_key_is_found_by_its_hash(dynamo: DynamoWorld):
    store = ApiKeyStore(dynamo.table)
    store.put(KEY, NOW)
    assert store.find(KEY.id) == KEY
    assert store.find("cd" * 32) is None
    assert store.find("") is None


def test_a_revoked_key_says_so_until_it_is_given_out_again(dynamo: DynamoWorld):
    store = ApiKeyStore(dynamo.table)
    store.put(KEY, NOW)
    assert store.revoke(KEY.id, NOW)
    assert store.find(KEY.id) == replace(KEY, revoked=True)
    assert not store.revoke("cd" * 32, NOW)
    assert store.find("cd" * 32) is None


def test_a_key_may_be_stored_as_revoked(dynamo: DynamoWorld):
    store = ApiKeyStore(dynamo.table)
    store.put(replace(KEY, revoked=True), NOW)
    assert store.find(KEY.id) == replace(KEY, revoked=True)


def test_finding_a_key_loads_nothing_heavy():
    program = f"import sys, integrations.storage.api_keys; print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
