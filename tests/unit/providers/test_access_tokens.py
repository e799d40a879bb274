from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from integrations.domain.errors import ReconnectRequired, RetryLater
from integrations.providers.access_tokens import AccessToken, AccessTokenCache


class Lender:
    """Lends tokens for an hour, numbered."""

    def __init__(self, now=0.0):
        self.now = now
        self.lent = 0

    def __call__(self):
        self.lent += 1
        return AccessToken.lent(f"token-{self.lent}", self.now, 3_600)


def token(cache, lender, key="key", wait_seconds_maximum=1.0, **more):
    found = cache.token(key, lender.now, lender, wait_seconds_maximum=wait_seconds_maximum, **more)
    return found.secret.get_secret_value()


def test_a_token_is_kept_for_four_fifths_of_its_life():
    cache, lender = AccessTokenCache(), Lender()
    assert token(cache, lender) == "token-1"
    lender.now = 2_879.0
    assert token(cache, lender) == "token-1"
    lender.now = 2_880.0
    assert token(cache, lender) == "token-2"


def test_each_key_has_its_own():
    cache, lender = AccessTokenCache(), Lender()
    assert [token(cache, lender, key) for key in "abab"] == ["token-1", "token-2", "token-1", "token-2"]


def test_a_refused_token_is_replaced_once():
    cache, lender = AccessTokenCache(), Lender()
    refused = cache.token("key", 0.0, lender, wait_seconds_maximum=1.0)
    assert token(cache, lender, refused=refused) == "token-2"
    assert token(cache, lender, refused=refused) == "token-2"


def test_a_failure_is_not_kept():
    cache, lender = AccessTokenCache(), Lender()

    def fail():
        raise RetryLater("not now")

    with pytest.raises(RetryLater, match="not now"):
        cache.token("key", 0.0, fail, wait_seconds_maximum=1.0)
    assert token(cache, lender) == "token-1"


def test_threads_that_come_while_one_fetches_share_what_it_gets():
    cache, lender, begun, go_on = AccessTokenCache(), Lender(), Event(), Event()

    def slow():
        begun.set()
        go_on.wait(5)
        return lender()

    with ThreadPoolExecutor(6) as threads:
        first = threads.submit(cache.token, "key", 0.0, slow, wait_seconds_maximum=5)
        begun.wait(5)
        others = [threads.submit(token, cache, lender, wait_seconds_maximum=5) for _ in range(5)]
        go_on.set()
        assert {other.result() for other in others} == {first.result().secret.get_secret_value()}
    assert lender.lent == 1


def test_threads_that_come_while_one_fetches_share_its_refusal():
    cache, lender, begun, go_on = AccessTokenCache(), Lender(), Event(), Event()

    def refused():
        begun.set()
        go_on.wait(5)
        raise ReconnectRequired("invalid_grant")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(cache.token, "key", 0.0, refused, wait_seconds_maximum=5)
        begun.wait(5)
        other = threads.submit(token, cache, lender, wait_seconds_maximum=5)
        while not cache._flights["key"]._condition._waiters:
            assert not other.done()
        go_on.set()
        for each in (first, other):
            with pytest.raises(ReconnectRequired):
                each.result()
    assert lender.lent == 0


def test_who_has_no_time_to_wait_for_another_is_told_so():
    cache, lender, begun, go_on = AccessTokenCache(), Lender(), Event(), Event()

    def slow():
        begun.set()
        go_on.wait(5)
        return lender()

    with ThreadPoolExecutor(1) as threads:
        threads.submit(cache.token, "key", 0.0, slow, wait_seconds_maximum=5)
        begun.wait(5)
        with pytest.raises(RetryLater) as waited:
            token(cache, lender, wait_seconds_maximum=0.0)
        go_on.set()
    assert waited.value.code == "out_of_time"


def test_tokens_hide_themselves_and_old_ones_are_forgotten():
    cache, lender = AccessTokenCache(), Lender()
    assert "token-1" not in repr(cache.token("old", 0.0, lender, wait_seconds_maximum=1.0))
    lender.now = 10_000.0
    token(cache, lender, "new")
    assert set(cache._flights) == {"new"}
