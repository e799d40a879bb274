import pytest

from integrations.domain.errors import ReconnectRequired, RetryLater
from tests.unit.providers.google_search_console.conftest import Google

FIGURES = {"clicks": 3.0, "impressions": 40.0, "ctr": 0.075, "position": 7.0}
PLACE = {"day": "2025-12-20", "last": "2025-12-20", "startRow": 0, "firstRow": [], "part": 0, "serviceTime": None}


def row(*keys, **changes):
    return {"keys": list(keys), **FIGURES, **changes}


def days_asked(google):
    return [(asked["startDate"], asked["endDate"]) for asked in google.asked()]


def test_calls_carry_the_token_and_a_name_that_google_compresses_for(open_provider):
    google = Google()
    open_provider(google).pull_page(["row"], PLACE)
    token, report = google.requests
    assert token.content.decode() == (
        "grant_type=refresh_token&client_id=client&client_secret=verySecret&refresh_token=1%2F%2FverySecret"
    )
    assert report.headers["authorization"] == "Bearer ya29.verySecret"
    assert "gzip" in report.headers["user-agent"]
    assert [request.headers["host"] for request in google.requests] == [
        "oauth2.googleapis.com",
        "searchconsole.googleapis.com",
    ]
    site = b"https%3A%2F%2Fwww.example.com%2F"
    assert report.url.raw_path == b"/webmasters/v3/sites/" + site + b"/searchAnalytics/query"


def test_counts_are_whole_numbers_and_what_is_missing_stays_out(open_provider):
    without_position = row("2025-12-20", "https://www.example.com/b")
    del without_position["position"]
    google = Google([{"rows": [row("2025-12-20", "https://www.example.com/a"), without_position]}])
    first, second = open_provider(google).pull_page(["row"], PLACE).records
    assert first.document["clicks"] == 3
    assert isinstance(first.document["clicks"], int)
    assert "position" not in second.document


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {"rows": {}},
        {"rows": [1]},
        {"rows": [{}]},
        {"rows": [row("2025-12-20")]},
        {"rows": [row("2025-12-20", 7)]},
        {"rows": [row("2025-12-20", "x", clicks="3")]},
        {"rows": [row("2025-12-20", "x", clicks=True)]},
        {"rows": [row("2025-12-20", "x", position=None)]},
    ],
)
def test_rows_of_another_form_are_not_taken_for_rows(open_provider, body):
    with pytest.raises(RetryLater) as failed:
        open_provider(Google([body])).pull_page(["row"], PLACE)
    assert failed.value.code == "malformed_answer"


def test_the_same_full_page_twice_is_noticed(open_provider):
    provider = open_provider(Google([{"rows": [row("2025-12-20", str(n)) for n in range(25_000)]}]))
    cursor = PLACE
    for _ in range(25):
        cursor = provider.pull_page(["row"], cursor).next_cursor
    with pytest.raises(RetryLater) as failed:
        provider.pull_page(["row"], cursor)
    assert failed.value.code == "repeated_page"


def test_a_report_is_handed_on_in_parts_of_an_order_of_its_own(open_provider):
    pages = [f"{n:04}" for n in range(2_500)]
    google = Google([{"rows": [row("2025-12-20", page) for page in reversed(pages)]}])
    cursor, seen = PLACE, []
    while cursor is not None and cursor["day"] == PLACE["day"]:
        page = open_provider(google).pull_page(["row"], cursor)
        seen.append([record.document["page"] for record in page.records])
        cursor = page.next_cursor
    assert [len(part) for part in seen] == [1_000, 1_000, 500]
    assert [page for part in seen for page in part] == pages


@pytest.mark.parametrize(
    ("report", "last_day"),
    [
        ({"metadata": {"firstIncompleteDate": "2025-12-30"}}, "2025-12-29"),
        ({"metadata": {"first_incomplete_date": "2025-12-30"}}, "2025-12-29"),
        ({"rows": [row("2025-12-27"), row("2025-12-28"), row("2025-12-26")]}, "2025-12-28"),
        ({"rows": [row("2025-12-27")], "metadata": {"firstIncompleteDate": "soon"}}, "2025-12-27"),
        ({"metadata": None}, "2025-12-28"),
        ({}, "2025-12-28"),
    ],
)
def test_the_window_ends_before_the_first_incomplete_day_or_with_the_last_that_has_rows(
    open_provider, report, last_day
):
    """It is the last afternoon of 2025 in California."""
    google = Google([report, {}])
    provider = open_provider(google, windowDays=1, dimensions=["date"])
    provider.figures_page(provider.first_figures_cursor())
    assert days_asked(google) == [("2025-12-22", "2025-12-31"), (last_day, last_day)]
    assert google.asked()[1]["dimensions"] == ["date", "page"]


@pytest.mark.parametrize("token", [{}, [], {"access_token": ""}, {"access_token": 7}, {"access_token": "a\r\nX: b"}])
def test_an_answer_without_a_token_is_left_for_later(open_provider, token):
    with pytest.raises(RetryLater) as failed:
        open_provider(Google(token=token)).pull_page(["row"], PLACE)
    assert failed.value.code == "malformed_answer"


def test_a_token_for_something_else_is_of_no_use(open_provider):
    token = {"access_token": "ya29.verySecret", "scope": "https://www.googleapis.com/auth/drive"}
    with pytest.raises(ReconnectRequired) as refused:
        open_provider(Google(token=token)).pull_page(["row"], PLACE)
    assert refused.value.code == "scope_missing"
    assert "verySecret" not in repr(refused.value)
