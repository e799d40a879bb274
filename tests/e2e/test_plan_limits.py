"""The plan Free on the deployed stack: 60 calls a minute, 10 of them at once."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.platform import Platform, make

pytestmark = pytest.mark.stack


def test_a_free_key_has_its_burst_and_is_then_told_when_to_come_back(platform: Platform):
    project = f"free-{uuid.uuid4().hex[:8]}"
    keys = {level: make("key", "PLAN=free", f"LEVEL={level}", f"PROJECT={project}").strip() for level in ("read",)}
    free = Platform({**platform.stack, "projectId": project, "keys": keys}, platform.clients)
    with free.http, ThreadPoolExecutor(4) as pool:  # made before the threads share it
        started = time.monotonic()
        answers = list(pool.map(lambda _: free.call("GET", "/jobs", "read"), range(30)))
        seconds = time.monotonic() - started

        passed = [answer for answer in answers if answer.status_code == 200]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert len(passed) + len(refused) == 30
        assert 10 <= len(passed) <= 11 + seconds
        assert refused
        assert {answer.json()["error"]["code"] for answer in refused} == {"rate_limited"}
        time.sleep(max(int(answer.headers["Retry-After"]) for answer in refused))
        assert free.call("GET", "/jobs", "read").status_code == 200
