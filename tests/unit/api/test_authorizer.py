import hashlib

import pytest

from integrations.api.authorizer import authorize
from integrations.domain.api_key import ApiKey
from tests.fakes.reading import FakeApiKeys

KEY = "ds_" + "aZ09_-" * 7 + "x"
NOW = 1_764_000_000_000
ARN = "arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/live/GET/api/v1/jobs/one"


@pytest.fixture
def keys() -> FakeApiKeys:
    keys = FakeApiKeys()
    keys.put(ApiKey(hashlib.sha256(KEY.encode()).hexdigest(), "write", ("one", "two"), "pro"), 0)
    return keys


def event(**headers):
    return {"type": "REQUEST", "methodArn": ARN, "headers": headers}


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
@pytest.mark.parametrize("value", [f"Bearer {KEY}", f"bearer {KEY}", f"Bearer   {KEY} "])
def test_a_key_of_ours_may_call_the_whole_stage(keys, name, value):
    answer = authorize(event(**{name: value}), keys, NOW)
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement == {
        "Action": "execute-api:Invoke",
        "Effect": "Allow",
        "Resource": "arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/live/*/*",
    }
    key_id = hashlib.sha256(KEY.encode()).hexdigest()
    assert answer["context"] == {"keyId": key_id, "level": "write", "projects": "one,two", "plan": "pro"}
    assert answer["principalId"] == key_id


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "Bearer",
        KEY,
        f"Basic {KEY}",
        f"Bearer {KEY}x",
        f"Bearer {KEY[:-1]}",
        f"Bearer {KEY[:-1]}+",
        f"Bearer DS_{KEY[3:]}",
        f"Bearer {KEY}\nBearer {KEY}",
        f"Bearer {KEY} {KEY}",
        f"Bearer {KEY[:-1]}y",
        "Bearer " + "x" * 100_000,
    ],
)
def test_anything_else_is_answered_with_the_one_word_the_gateway_knows(keys, value):
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize(event(Authorization=value), keys, NOW)


def test_without_headers_nobody_is_let_in(keys):
    for headers in ({}, None):
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            authorize({"type": "REQUEST", "methodArn": ARN, "headers": headers}, keys, NOW)


@pytest.mark.parametrize("revoked_at", [0, NOW - 1, NOW])
def test_a_revoked_key_is_as_unknown_as_any(revoked_at):
    keys = FakeApiKeys()
    keys.put(ApiKey(hashlib.sha256(KEY.encode()).hexdigest(), "admin", ("one",), "pro", revoked_at), 0)
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize(event(Authorization=f"Bearer {KEY}"), keys, NOW)


def test_a_key_that_ends_later_still_works():
    keys = FakeApiKeys()
    keys.put(ApiKey(hashlib.sha256(KEY.encode()).hexdigest(), "admin", ("one",), "pro", NOW + 1), 0)
    assert authorize(event(Authorization=f"Bearer {KEY}"), keys, NOW)["context"]["level"] == "admin"


def test_the_key_itself_is_nowhere_in_the_answer(keys):
    assert KEY not in str(authorize(event(Authorization=f"Bearer {KEY}"), keys, NOW))
