import json

import pytest

from integrations.domain.errors import ConfigurationRefused, RateLimited, ReconnectRequired, RetryLater
from integrations.providers.calls import ServiceAnswer
from integrations.providers.google_search_console.errors import read_fault

NOON = 1_770_753_600.0
"""10 February 2026, 12:00 in California."""


def answer(status, body, retry_after=None):
    return ServiceAnswer(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode(), retry_after)


def refusal(status, reason="", message="", details=None):
    error = {"code": status, "message": message, "errors": [{"reason": reason, "domain": "global"}]}
    return answer(status, {"error": {**error, **({"details": details} if details else {})}})


def error_of(answer):
    return read_fault(answer, lambda text: text.replace("ya29.secret", "[secret]")).error(NOON)


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(
    ("reason", "message", "wait_seconds"),
    [
        ("quotaExceeded", "Search Analytics load quota exceeded.", 900),
        ("quotaExceeded", "", 900),
        ("quotaExceeded", "Search Analytics load quota exceeded for the day.", 43_200),
        ("quotaExceeded", "Daily quota exceeded", 43_200),
        ("dailyLimitExceeded", "", 43_200),
        ("quotaExceeded", "Search Analytics QPS quota exceeded.", 60),
        ("quotaExceeded", "Quota exceeded for quota metric 'queries' and limit 'queries per minute'", 60),
        ("rateLimitExceeded", "", 60),
        ("userRateLimitExceeded", "", 60),
    ],
)
def test_quotas_have_three_waits_whatever_the_status(status, reason, message, wait_seconds):
    error = error_of(refusal(status, reason, message))
    assert isinstance(error, RateLimited)
    assert error.retry_after_seconds == wait_seconds


def test_the_services_own_wait_goes_before_ours():
    assert error_of(answer(429, b"", retry_after=7.0)).retry_after_seconds == 7.0
    assert error_of(answer(503, b"", retry_after=7.0)).retry_after_seconds == 7.0


@pytest.mark.parametrize(
    ("given", "kind", "code"),
    [
        (refusal(401, "authError"), ReconnectRequired, "credentials_refused"),
        (refusal(401, "quotaExceeded"), ReconnectRequired, "credentials_refused"),
        (refusal(403, "forbidden"), ConfigurationRefused, "property_not_shared"),
        (
            refusal(403, "insufficientPermissions", "User does not have sufficient permission for site 'x'."),
            ConfigurationRefused,
            "property_not_shared",
        ),
        (
            refusal(403, "insufficientPermissions", "Request had insufficient authentication scopes."),
            ReconnectRequired,
            "scope_missing",
        ),
        (
            refusal(403, "forbidden", "Insufficient scope", [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]),
            ReconnectRequired,
            "scope_missing",
        ),
        (refusal(403, "accessNotConfigured"), ConfigurationRefused, "api_not_enabled"),
        (refusal(403, "forbidden", "", [{"reason": "SERVICE_DISABLED"}]), ConfigurationRefused, "api_not_enabled"),
        (refusal(403, "somethingNew"), ConfigurationRefused, "permission_missing"),
        (answer(403, b"<html>"), ConfigurationRefused, "permission_missing"),
        (refusal(404, "notFound"), ConfigurationRefused, "property_not_found"),
        (answer(404, b"<html>"), ConfigurationRefused, "request_refused"),
        (refusal(400, "invalidParameter"), ConfigurationRefused, "request_refused"),
        (answer(302, b""), ConfigurationRefused, "redirected"),
        (refusal(500, "internalError"), RetryLater, "service_unavailable"),
        (refusal(503, "backendError"), RetryLater, "service_unavailable"),
    ],
)
def test_each_refusal_says_how_to_recover(given, kind, code):
    error = error_of(given)
    assert type(error) is kind
    assert error.code == code


def test_googles_words_are_told_cut_and_without_secrets():
    error = error_of(refusal(400, "badRequest", "Bad ya29.secret " + "x" * 1_000))
    assert "Bad [secret] xxx" in error.message
    assert len(error.message) < 450


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", {"error": "text"}, {"error": {"errors": {}, "details": 1, "message": 2}}]
)
def test_a_body_of_any_form_is_understood_by_its_status(body):
    assert error_of(answer(500, body)).code == "service_unavailable"


@pytest.mark.parametrize("errors", [[], [1], [{"reason": 1}], [{}]])
def test_errors_of_any_form_are_taken(errors):
    assert error_of(answer(403, {"error": {"errors": errors}})).code == "permission_missing"
