import json

import pytest

from integrations.domain.errors import ConfigurationRefused, OutcomeUnknown, RateLimited, ReconnectRequired, RetryLater
from integrations.providers.calls import ServiceAnswer
from integrations.providers.loops.errors import CREATE, FIND, UPDATE, read_fault
from integrations.providers.refusals import Recovery


def fault_of(status, body=None, path=UPDATE, **changes):
    content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    return read_fault(ServiceAnswer(status, {}, content, **changes), path, lambda text: text.replace("s3cret", "[x]"))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"success": False, "message": "Bad."}, "Bad."),
        ({"success": False, "message": "Bad.", "error": "Bad."}, "Bad."),
        ({"success": False, "message": "Bad.", "path": "email"}, "Bad. (email)"),
        (
            {"success": False, "message": "Bad.", "error": {"path": "email", "message": "Worse."}},
            "Bad.: Worse. (email)",
        ),
        ({"success": False, "message": "Bad.", "error": {"path": "email", "reason": "Worst."}}, "Bad.: Worst. (email)"),
        ({"error": {"path": ["mailingLists", 0], "message": "No."}}, "No. (mailingLists.0)"),
        ({"success": False, "message": "Key s3cret is bad."}, "Key [x] is bad."),
        ({"message": ["odd"], "error": 7}, ""),
        (["odd"], ""),
        (b"<html>", ""),
    ],
)
def test_loops_words_are_found_in_each_of_their_forms(body, words):
    assert fault_of(400, body).detail == words


def test_long_words_are_cut():
    assert len(fault_of(400, {"message": "x" * 1_000}).detail) == 300


@pytest.mark.parametrize(
    ("status", "path", "recovery", "code"),
    [
        (400, UPDATE, Recovery.RECORD, "contact_refused"),
        (422, CREATE, Recovery.RECORD, "contact_refused"),
        (409, UPDATE, Recovery.RECORD, "identity_conflict"),
        (409, CREATE, Recovery.EXISTS, "contact_exists"),
        (409, FIND, Recovery.CONFIGURE, "request_refused"),
        (413, UPDATE, Recovery.RECORD, "payload_too_large"),
    ],
)
def test_a_refusal_of_a_contact_is_read_by_status_and_path(status, path, recovery, code):
    fault = fault_of(status, path=path)
    assert (fault.recovery, fault.rule.code) == (recovery, code)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, ReconnectRequired, "credentials_refused"),
        (302, ConfigurationRefused, "redirected"),
        (403, ConfigurationRefused, "request_refused"),
        (404, ConfigurationRefused, "not_found"),
        (405, ConfigurationRefused, "request_refused"),
        (408, OutcomeUnknown, "service_timeout"),
        (429, RateLimited, "service_rate_limited"),
        (500, OutcomeUnknown, "service_unavailable"),
        (503, RetryLater, "service_unavailable"),
    ],
)
def test_what_concerns_all_is_told_by_how_to_recover(status, kind, code):
    error = fault_of(status, {"message": "Words."}).error(changes=True)
    assert type(error) is kind
    assert error.code == code
    assert error.message.endswith(" - Words.")


def test_a_read_leaves_nothing_open():
    assert type(fault_of(500, path=FIND).error()) is RetryLater


def test_a_wait_is_handed_on_and_an_earlier_silence_remembered():
    error = fault_of(429, retry_after_seconds=70.0).error(changes=True)
    assert error.retry_after_seconds == 70.0
    assert type(fault_of(503, earlier_unknown=True).error(changes=True)) is OutcomeUnknown
