import httpx
import pytest

from tests.unit.providers.loops.conftest import KEY


def answering(status, **answer):
    return lambda request: httpx.Response(status, **answer)


def test_a_good_key_names_its_team(open_provider, time):
    requests = []

    def slow(request):
        requests.append(request)
        time.now += 0.1234
        return httpx.Response(200, json={"success": True, "teamName": "Acme"})

    report = open_provider(slow).check()
    assert (report.connected, report.latency_ms) == (True, 123)
    assert report.diagnosis.message == "The key is that of the Loops team Acme."
    (request,) = requests
    assert (request.method, request.url.path) == ("GET", "/api/v1/api-key")


def test_a_team_without_a_name_is_connected_too(open_provider):
    report = open_provider(answering(200, json={"success": True})).check()
    assert (report.connected, report.diagnosis.message) == (True, "Loops knows the key.")


@pytest.mark.parametrize(
    ("status", "answer", "code", "refused"),
    [
        (401, {"json": {"success": False, "message": f"Invalid API key {KEY}"}}, "credentials_refused", True),
        (404, {}, "not_found", False),
        (429, {}, "service_rate_limited", False),
        (500, {}, "service_unavailable", False),
        (200, {"content": b"<html>"}, "malformed_answer", False),
        (200, {"json": {"ok": True}}, "malformed_answer", False),
        (200, {"json": []}, "malformed_answer", False),
    ],
)
def test_each_failure_is_told_apart_and_says_what_to_do(open_provider, status, answer, code, refused):
    report = open_provider(answering(status, **answer)).check()
    assert (report.connected, report.refused, report.diagnosis.code) == (False, refused, code)
    assert "Settings > Integrations" in report.diagnosis.message
    assert report.diagnosis.suggestions
    assert KEY not in repr(report)


@pytest.mark.parametrize(
    ("failure", "code"),
    [(httpx.ReadTimeout, "service_timeout"), (httpx.ConnectError, "service_unreachable")],
)
def test_silence_is_reported_after_one_try(open_provider, failure, code):
    asked = []

    def silent(request):
        asked.append(request)
        raise failure("silence", request=request)

    report = open_provider(silent).check()
    assert (report.connected, report.refused, report.diagnosis.code) == (False, False, code)
    assert len(asked) == 1
