import pytest

from integrations.providers.retries import Repeatable, backoff_seconds, is_repeatable_answer, parse_retry_after

NEW_YEAR = 1_767_225_600.0  # 2026-01-01T00:00:00Z


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("1.5", 1.5),
        ("Thu, 01 Jan 2026 00:02:00 GMT", 120.0),
        ("Thursday, 01-Jan-26 00:02:00 GMT", 120.0),
        ("Wed, 31 Dec 2025 23:00:00 GMT", 0.0),
    ],
)
def test_both_forms_of_retry_after_are_understood(value, seconds):
    assert parse_retry_after(value, NEW_YEAR) == seconds


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "١٢", "1e3", "Thu, 99 Jan 2026 00:00:00 GMT"])
def test_a_retry_after_that_says_nothing_usable_is_none(value):
    assert parse_retry_after(value, NEW_YEAR) is None


def test_backoff_is_full_jitter_from_half_a_second_to_thirty():
    assert [backoff_seconds(attempt, lambda: 1.0) for attempt in (1, 2, 3, 7, 50)] == [0.5, 1.0, 2.0, 30.0, 30.0]
    assert backoff_seconds(5, lambda: 0.0) == 0.0


@pytest.mark.parametrize(
    ("repeatable", "statuses"),
    [
        (Repeatable.ALWAYS, {429, 502, 503, 504}),
        (Repeatable.IDEMPOTENT, {429, 502, 503, 504}),
        (Repeatable.WHEN_ANSWERED, {429, 502, 503, 504}),
        (Repeatable.WHEN_NOT_APPLIED, {429, 503}),
    ],
)
def test_only_transient_answers_are_repeated_and_only_where_that_is_safe(repeatable, statuses):
    assert {status for status in range(200, 600) if is_repeatable_answer(repeatable, status)} == statuses
