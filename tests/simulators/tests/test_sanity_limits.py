"""Requests a second, and sizes."""

import time

from tests.simulators.admin_client import AdminClient
from tests.simulators.tests.sanity_calls import SanityCalls

COUNT = "count(*[0...1])"


def test_the_twenty_sixth_mutation_of_a_second_is_refused_and_a_second_later_one_is_taken(
    calls: SanityCalls, admin: AdminClient
) -> None:
    admin.configure(rateLimits=True)
    statuses = [calls.mutate({"delete": {"id": "a"}}).status_code for _ in range(26)]
    assert statuses == [200] * 25 + [429]
    assert calls.query(COUNT).status_code == 200
    time.sleep(1.0)
    assert calls.mutate({"delete": {"id": "a"}}).status_code == 200


def test_all_requests_together_have_a_limit_of_their_own(calls: SanityCalls, admin: AdminClient) -> None:
    admin.configure(rateLimits=True, requestsPerSecond=5)
    answers = [calls.query(COUNT) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].json() == {
        "statusCode": 429,
        "error": "Too Many Requests",
        "message": "API rate limit exceeded",
    }
    assert "retry-after" not in answers[-1].headers


def test_the_headers_of_a_refusal_are_switchable(calls: SanityCalls, admin: AdminClient) -> None:
    admin.configure(rateLimits=True, requestsPerSecond=1, rateLimitHeaders=True)
    calls.query(COUNT)
    headers = calls.query(COUNT).headers
    assert (headers["retry-after"], headers["ratelimit-limit"], headers["ratelimit-remaining"]) == ("1", "1", "0")


def test_a_mutate_body_over_four_million_bytes_is_refused(calls: SanityCalls) -> None:
    def status(size: int) -> int:
        frame = b'{"mutations":[{"create":{"_id":"a%d","_type":"post","x":"%s"}}]}'
        padding = b"x" * (size - len(frame % (size, b"")))
        return calls.http.post("/v2025-02-19/data/mutate/production", content=frame % (size, padding)).status_code

    assert (status(4_000_000), status(4_000_001)) == (200, 413)


def test_a_refusal_for_size_says_the_limit(calls: SanityCalls, admin: AdminClient) -> None:
    admin.configure(mutateBodyBytes=10)
    answer = calls.mutate({"delete": {"id": "a"}})
    assert answer.status_code == 413
    assert answer.json()["message"] == "Request body exceeds limit of 10 bytes"


def test_an_address_over_fifteen_kilobytes_is_refused(calls: SanityCalls) -> None:
    assert len(calls.documents(*(f"e-{number:032x}" for number in range(300)))["omitted"]) == 300
    many = ",".join(f"e-{number:032x}" for number in range(600))
    assert calls.http.get(f"/v2025-02-19/data/doc/production/{many}").status_code == 431


def test_a_transaction_of_a_megabyte_and_a_page_of_five_hundred_are_quick(
    calls: SanityCalls, admin: AdminClient
) -> None:
    admin.seed({"_id": f"d-{number:05d}", "_type": "post", "title": "t"} for number in range(10_000))
    mutations = [{"create": {"_id": f"n{number}", "_type": "post", "body": "x" * 3000}} for number in range(300)]
    started = time.perf_counter()
    assert calls.mutate(*mutations).status_code == 200
    mutated = time.perf_counter()
    assert len(calls.changed(limit=500)) == 500
    read = time.perf_counter()
    assert mutated - started < 0.3
    assert read - mutated < 0.3
