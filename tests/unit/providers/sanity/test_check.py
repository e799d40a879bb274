import json

import httpx
import pytest

from tests.unit.providers.sanity.conftest import TOKEN


class Service:
    """Answers by the part of the path; a function is called, an exception raised."""

    def __init__(self, **answers):
        self.answers = {"query": httpx.Response(200, json={"result": 1}), **answers}
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        part = next(name for name in ("query", "mutate", "datasets") if f"/{name}" in request.url.path)
        answer = self.answers.get(part, httpx.Response(200, json={"transactionId": "t", "results": []}))
        if isinstance(answer, type):
            raise answer("silence", request=request)
        return answer(request) if callable(answer) else answer


def unauthorized(code):
    return httpx.Response(401, json={"statusCode": 401, "error": "Unauthorized", "message": "m", "errorCode": code})


NOT_FOUND = httpx.Response(404, json={"statusCode": 404, "error": "Not Found", "message": "Dataset not found"})
READ_ONLY = httpx.Response(
    403,
    json={
        "error": {"type": "mutationError", "items": [{"index": 0, "error": {"type": "insufficientPermissionsError"}}]}
    },
)


def test_a_good_connection_needs_no_explanation(open_provider):
    service = Service()
    report = open_provider(service).check()
    assert (report.connected, report.refused, report.diagnosis) == (True, False, None)
    query, probe = service.requests
    assert dict(query.url.params) == {"query": "count(*[0...1])", "perspective": "raw", "returnQuery": "false"}
    assert query.headers["authorization"] == f"Bearer {TOKEN}"
    assert probe.url.params["dryRun"] == "true"
    ((kind, document),) = json.loads(probe.content)["mutations"][0].items()
    assert kind == "createIfNotExists"
    assert document["_id"].startswith("integration-probe-")


def test_the_latency_is_the_first_calls_round_trip(open_provider, time):
    def slow(request):
        time.now += 0.1234
        return httpx.Response(200, json={"result": 1})

    def slower(request):
        time.now += 3.0
        return httpx.Response(200, json={"transactionId": "t"})

    assert open_provider(Service(query=slow, mutate=slower)).check().latency_ms == 123


def test_a_read_only_token_is_connected_and_told_so(open_provider):
    report = open_provider(Service(mutate=READ_ONLY)).check()
    assert (report.connected, report.refused) == (True, False)
    assert report.diagnosis.code == "read_only_token"
    assert "Editor" in report.diagnosis.suggestions[0]


@pytest.mark.parametrize(
    ("code", "diagnosis"),
    [
        ("SIO-401-ANF", "credentials_refused"),
        ("SIO-401-AEX", "credentials_expired"),
        ("SIO-401-AWH", "credentials_of_other_project"),
    ],
)
def test_refused_credentials_are_told_apart(open_provider, code, diagnosis):
    service = Service(query=unauthorized(code))
    report = open_provider(service).check()
    assert (report.connected, report.refused) == (False, True)
    assert report.diagnosis.code == diagnosis
    assert "Settings > Integrations" in report.diagnosis.message
    assert report.diagnosis.suggestions
    assert len(service.requests) == 1


def test_a_token_that_only_a_public_dataset_overlooked_is_refused(open_provider):
    report = open_provider(Service(mutate=unauthorized("SIO-401-ANF"))).check()
    assert (report.connected, report.refused) == (False, True)
    assert report.diagnosis.code == "credentials_refused"


def test_a_token_that_may_not_read_is_not_connected_but_not_refused(open_provider):
    forbidden = httpx.Response(403, json={"statusCode": 403, "error": "Forbidden", "message": "no"})
    report = open_provider(Service(query=forbidden)).check()
    assert (report.connected, report.refused) == (False, False)
    assert report.diagnosis.code == "permission_missing"
    assert "Settings > Integrations" in report.diagnosis.message


def test_a_missing_dataset_is_told_with_names_that_come_close(open_provider):
    datasets = httpx.Response(200, json=[{"name": "producton"}, {"name": "staging"}, {"noName": 1}])
    report = open_provider(Service(query=NOT_FOUND, datasets=datasets)).check()
    assert (report.connected, report.refused) == (False, False)
    assert report.diagnosis.code == "dataset_not_found"
    assert "producton" in report.diagnosis.suggestions[0]
    assert "staging" not in report.diagnosis.suggestions[0]


def test_a_missing_project_is_told_as_such(open_provider):
    missing = httpx.Response(404, json={"statusCode": 404, "error": "Not Found", "message": "Project not found: p1"})
    report = open_provider(Service(query=missing)).check()
    assert report.diagnosis.code == "project_not_found"
    assert "Settings > Integrations" in report.diagnosis.message


@pytest.mark.parametrize(
    "datasets",
    [NOT_FOUND, httpx.Response(200, text="<html>"), httpx.Response(200, json={}), httpx.Response(500), httpx.ReadError],
)
def test_a_list_of_datasets_that_cant_be_had_changes_nothing(open_provider, datasets):
    report = open_provider(Service(query=NOT_FOUND, datasets=datasets)).check()
    assert (report.connected, report.diagnosis.code) == (False, "dataset_not_found")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.ReadTimeout, "service_timeout"),
        (httpx.ConnectTimeout, "service_unreachable"),
        (httpx.ConnectError, "service_unreachable"),
        (httpx.ReadError, "connection_lost"),
        (httpx.Response(500), "service_unavailable"),
        (httpx.Response(503, headers={"retry-after": "5"}), "service_unavailable"),
        (httpx.Response(429), "service_rate_limited"),
        (httpx.Response(200, text="<html>"), "malformed_answer"),
        (httpx.Response(302), "redirected"),
    ],
)
def test_a_service_that_doesnt_answer_properly_refuses_nothing(open_provider, time, answer, code):
    service = Service(query=answer)
    report = open_provider(service).check()
    assert (report.connected, report.refused, report.diagnosis.code) == (False, False, code)
    assert "Settings > Integrations" in report.diagnosis.message
    assert len(service.requests) == 1
    assert time.slept == []


@pytest.mark.parametrize("probe", [httpx.ReadTimeout, httpx.Response(500), httpx.Response(429), httpx.Response(200)])
def test_a_probe_that_proves_nothing_leaves_the_connection_good(open_provider, probe):
    report = open_provider(Service(mutate=probe)).check()
    assert (report.connected, report.diagnosis) == (True, None)


def test_an_address_inside_a_private_network_is_reported_and_not_called(open_provider):
    service = Service()
    report = open_provider(service, resolve=lambda host, port: ["169.254.169.254"]).check()
    assert (report.connected, report.refused, report.diagnosis.code) == (False, False, "address_refused")
    assert service.requests == []


def test_ten_seconds_are_enough_for_all_calls(open_provider, time):
    def slow(request):
        time.now += 9.0
        return NOT_FOUND

    service = Service(query=slow, datasets=slow)
    open_provider(service).check()
    remaining = service.requests[1].extensions["timeout"]
    assert service.requests[0].extensions["timeout"].get("read") <= 10.0
    assert remaining.get("read") <= 1.0


def test_nothing_secret_is_told(open_provider):
    echo = httpx.Response(418, json={"statusCode": 418, "error": "Teapot", "message": f"Bearer {TOKEN}"})
    report = open_provider(Service(query=echo)).check()
    assert TOKEN not in repr(report)
