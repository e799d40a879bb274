import json

import pytest

from integrations.domain.errors import (
    ConfigurationRefused,
    OutcomeUnknown,
    PayloadTooLarge,
    RateLimited,
    ReconnectRequired,
    RetryLater,
)
from integrations.providers.calls import ServiceAnswer
from integrations.providers.posthog.errors import API_RULES, CAPTURE_RULES, read_fault
from integrations.providers.refusals import Recovery


def fault(rules, status, body="", **changes):
    content = body if isinstance(body, str) else json.dumps(body)
    return read_fault(ServiceAnswer(status, {}, content.encode(), **changes), rules, lambda text: text)


@pytest.mark.parametrize(
    ("status", "detail", "error", "code"),
    [
        (
            401,
            "Personal API key found in request Authorization header is invalid.",
            ReconnectRequired,
            "credentials_re",
        ),
        (403, "API key missing required scope 'person:read'", ReconnectRequired, "permission_missing"),
        (403, "API key does not have access to the requested project: ID 5.", ReconnectRequired, "project_not_granted"),
        (404, "Not found.", ConfigurationRefused, "project_not_found"),
        (400, "Unresolved placeholder: {since}", ConfigurationRefused, "query_refused"),
        (413, "", PayloadTooLarge, "payload_too_large"),
        (429, "Request was throttled. Expected available in 13 seconds.", RateLimited, "service_rate_limited"),
        (500, "A server error occurred.", RetryLater, "service_unavailable"),
        (512, "Query is too slow", RetryLater, "service_unavailable"),
        (302, "", ConfigurationRefused, "redirected"),
        (418, "", ConfigurationRefused, "request_refused"),
    ],
)
def test_a_refusal_of_the_api_says_how_to_recover(status, detail, error, code):
    body = {"type": "t", "code": "c", "detail": detail, "attr": None}
    made = fault(API_RULES, status, body, retry_after_seconds=13.0).error()
    assert type(made) is error
    assert made.code.startswith(code) and detail in made.message


@pytest.mark.parametrize(
    ("status", "body", "recovery", "code"),
    [
        (400, "failed to parse request: UUID parsing failed", Recovery.RECORDS, "event_refused"),
        (400, "maximum event size exceeded: limit is 5", Recovery.RECORDS, "payload_too_large"),
        (413, "maximum event size exceeded", Recovery.RECORDS, "payload_too_large"),
        (401, "API key is not valid: personal_api_key", Recovery.RECONNECT, "credentials_refused"),
        (401, {"code": "invalid_api_key", "detail": "Invalid key"}, Recovery.RECONNECT, "credentials_refused"),
        (429, "billing limit reached", Recovery.RATE_LIMITED, "service_rate_limited"),
        (503, "transient error, please retry", Recovery.LATER, "service_unavailable"),
        (404, "<html>not here</html>", Recovery.CONFIGURE, "ingest_host_wrong"),
    ],
)
def test_a_refusal_of_capture_is_read_as_text_or_json(status, body, recovery, code):
    made = fault(CAPTURE_RULES, status, body)
    assert (made.recovery, made.rule.code) == (recovery, code)
    assert "<" not in made.detail
    assert made.detail in (body if isinstance(body, str) else body["detail"])


@pytest.mark.parametrize(("status", "error"), [(500, OutcomeUnknown), (502, OutcomeUnknown), (503, RetryLater)])
def test_a_failure_of_capture_leaves_the_outcome_open_unless_it_says_that_nothing_was_done(status, error):
    assert type(fault(CAPTURE_RULES, status).error(changes=True)) is error


def test_an_attempt_before_leaves_the_outcome_open_too():
    assert type(fault(CAPTURE_RULES, 429, earlier_unknown=True).error(changes=True)) is OutcomeUnknown


def test_words_of_the_service_are_cut_and_without_secrets():
    answer = ServiceAnswer(400, {}, b"phc_secret " + b"x" * 1_000)
    made = read_fault(answer, CAPTURE_RULES, lambda text: text.replace("phc_secret", "[secret]"))
    assert made.detail.startswith("[secret] xxx") and len(made.detail) == 300
