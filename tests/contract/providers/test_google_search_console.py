"""What is Search Console's own in pulls and figures, against its simulator."""

import json
from collections import defaultdict
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from integrations.providers.contract import MeasuringProvider
from tests.contract.providers.google_search_console_kit import (
    FIRST_DAY,
    NOW,
    SITE,
    open_search_console,
    pulled,
    row,
    settings_for,
)


@pytest.fixture
def open_with(search_console):
    opened = []

    def open_provider(**config):
        opened.append(open_search_console(search_console, **{"startDate": str(FIRST_DAY), **config}))
        return opened[-1]

    yield open_provider
    for provider in opened:
        provider.close()


def measured(provider):
    """The window's records and notices."""
    cursor, records, notices = provider.first_figures_cursor(), [], []
    while cursor is not None:
        page = provider.figures_page(json.loads(json.dumps(cursor)))
        records += page.records
        notices += page.notices
        cursor = page.next_cursor
    return records, notices


def test_a_report_asks_for_one_final_day_with_all_the_rows_it_can(search_console, open_with):
    pulled(open_with(dimensions=["date", "country"], searchType="image"))
    first, *_ = search_console.reports()
    assert {name: first[name] for name in ("startDate", "endDate", "dimensions", "type", "dataState")} == {
        "startDate": "2026-02-02",
        "endDate": "2026-02-02",
        "dimensions": ["date", "country"],
        "type": "image",
        "dataState": "final",
    }
    assert (first["rowLimit"], first["startRow"]) == (25_000, 0)


def test_a_document_has_the_dimensions_asked_for_and_the_figures(search_console, open_with):
    search_console.seed(rows=[row(FIRST_DAY, "https://example.com/a", 3, 40, country="deu")])
    ((record,), _) = pulled(open_with(dimensions=["date", "country"]))
    assert record.document == {
        "date": "2026-02-02",
        "country": "deu",
        "clicks": 3,
        "impressions": 40,
        "ctr": 0.075,
        "position": 4.5,
    }
    assert json.loads(record.external_id) == {"country": "deu", "date": "2026-02-02", "type": "web"}
    assert (record.remote_type, record.revision) == ("row", None)


def test_a_property_with_a_path_is_one_part_of_the_address(search_console, open_with):
    site = "https://www.example.com/blog/"
    search_console.seed(properties=[{"siteUrl": site}], rows=[row(FIRST_DAY, f"{site}a") | {"siteUrl": site}])
    provider = open_with(siteUrl=site)
    assert len(pulled(provider)[0]) == 1
    assert provider.canonical_address == f"127.0.0.1/{site}"
    assert {entry["siteUrl"] for entry in search_console.reports()} == {site}


def test_a_first_run_goes_back_sixteen_months_and_a_later_one_a_few_days(search_console):
    provider = open_search_console(search_console, lookbackDays=5)
    assert provider.first_cursor(None)["day"] == "2024-10-10"
    assert provider.first_cursor("2026-02-07")["day"] == "2026-02-02"
    assert provider.first_cursor("2026-02-07")["last"] == "2026-02-10"
    provider.close()


def test_days_without_rows_are_passed_and_do_not_move_the_watermark(search_console, open_with):
    search_console.seed(rows=[row("2026-02-03", "https://example.com/a"), row("2026-02-06", "https://example.com/b")])
    records, pages = pulled(open_with())
    assert [record.document["date"] for record in records] == ["2026-02-03", "2026-02-06"]
    assert [page.service_time for page in pages[:5]] == [None, *["2026-02-03"] * 3, "2026-02-06"]
    assert pages[-1].service_time == "2026-02-06"
    assert len(search_console.reports()) == 9


def test_a_run_that_finds_nothing_keeps_its_watermark(search_console, open_with):
    records, pages = pulled(open_with(), "2026-02-05")
    assert records == []
    assert pages[-1].service_time == "2026-02-05"


def test_a_later_run_reads_corrected_days_again_under_the_same_ids(search_console, open_with):
    """Recent days show less at first; the look back finds what they have become."""
    search_console.seed(
        generate=[{"siteUrl": SITE, "startDate": "2026-02-04", "endDate": "2026-02-07", "rowsPerDay": 40}]
    )
    provider = open_with()
    before, pages = pulled(provider)
    search_console.admin.set_clock(advanceSeconds=2 * 86_400)
    provider = open_search_console(
        search_console,
        replace(settings_for(search_console), unix_time=lambda: NOW.timestamp() + 2 * 86_400),
        startDate=str(FIRST_DAY),
    )
    after, _ = pulled(provider, pages[-1].service_time)
    provider.close()
    old, new = ({record.external_id: record.document for record in records} for records in (before, after))
    assert set(old) <= set(new)
    assert any(old[each]["impressions"] < new[each]["impressions"] for each in old)
    assert len(new) == 160


def test_a_row_is_read_by_its_id_among_rows_that_differ_in_case_or_another_dimension(search_console, open_with):
    pages = ['https://example.com/Ärger?a=1&b="2"', 'https://example.com/ärger?a=1&b="2"', "https://example.com/"]
    queries = ["q", "Q"]
    rows = [row(FIRST_DAY, page, query=query) for page in pages for query in queries]
    search_console.seed(rows=rows)
    provider = open_with(dimensions=["page", "query", "date"])
    records, _ = pulled(provider)
    assert len(records) == 6
    found = provider.read_records([record.external_id for record in records])
    assert found == {record.external_id: record for record in records}


@pytest.mark.parametrize(
    "row_id",
    [
        "",
        "[]",
        '{"type":"web","page":"https://example.com/"}',
        '{"date":"20260202","type":"web"}',
        '{"date":"2026-02-02","page":1,"type":"web"}',
        '{"date":"2026-02-02","other":"x","type":"web"}',
        '{"date":"2026-02-02","type":"books"}',
    ],
)
def test_an_id_that_no_row_can_have_is_not_asked_for(search_console, open_with, row_id):
    assert open_with().read_records([row_id]) == {}
    assert search_console.reports() == []


def test_every_row_that_google_shows_arrives_and_a_day_with_more_is_named(search_console, open_with):
    days = {"2026-02-02": 20_000, "2026-02-03": 60_000, "2026-02-04": 25_000, "2026-02-05": 15_000}
    assert search_console.seed(generate=[{"siteUrl": SITE, "days": days}]) == 120_000
    records, pages = pulled(open_with())
    assert len({record.external_id for record in records}) == len(records) == 110_000
    notices = [notice for page in pages for notice in page.notices]
    assert [notice.key for notice in notices] == ["rows-not-shown-web-2026-02-03"]
    assert "2026-02-03" in notices[0].message
    assert "50,000" in notices[0].message
    read = [(entry["startDate"], entry["startRow"]) for entry in search_console.reports()]
    assert read[1:4] == [("2026-02-03", 0), ("2026-02-03", 25_000), ("2026-02-03", 50_000)]
    assert read[4:6] == [("2026-02-04", 0), ("2026-02-04", 25_000)]


def test_a_day_just_below_the_ceiling_is_whole(search_console, open_with):
    search_console.admin.configure(rowsPerDay=49_999)
    search_console.seed(generate=[{"siteUrl": SITE, "days": {"2026-02-03": 49_999}}])
    records, pages = pulled(open_with(startDate="2026-02-03"))
    assert len(records) == 49_999
    assert not [notice for page in pages for notice in page.notices]


def test_an_answer_too_large_is_asked_for_in_smaller_pages(search_console):
    search_console.seed(rows=[row(FIRST_DAY, f"https://example.com/{number}") for number in range(200)])
    settings = replace(settings_for(search_console), response_bytes_maximum=10_000)
    provider = open_search_console(search_console, settings, startDate=str(FIRST_DAY))
    records, _ = pulled(provider)
    provider.close()
    assert len({record.external_id for record in records}) == len(records) == 200


def test_figures_are_the_sums_of_the_services_own_rows(search_console, open_with):
    """Three queries a page, over more days than the window, in whatever order."""
    generator = {"siteUrl": SITE, "startDate": "2026-01-01", "endDate": "2026-02-10", "rowsPerDay": 60, "pages": 20}
    search_console.admin.configure(restatement=False)
    search_console.seed(generate=[generator])
    provider = open_with(windowDays=28, dimensions=["date", "query"])
    assert isinstance(provider, MeasuringProvider)
    records, notices = measured(provider)
    figures = {record.document["page"]: provider.figures_of(record.document["page"]) for record in records}
    for record in reversed(records):
        figures[record.document["page"]].add(record.document)

    expected = defaultdict(lambda: [0, 0, Fraction(0)])
    for fact in search_console.admin.call("GET", f"dump?siteUrl={SITE}")["rows"]:
        if date(2026, 1, 11) <= date.fromisoformat(fact["date"]) <= date(2026, 2, 7):
            sums = expected[fact["page"]]
            sums[0] += fact["clicks"]
            sums[1] += fact["impressions"]
            sums[2] += Fraction(fact["position"]) * fact["impressions"]
    assert len(expected) == 20
    assert set(figures) == set(expected)
    for page, (clicks, impressions, positions) in expected.items():
        document = figures[page].document()
        assert (document["page"], document["clicks"], document["impressions"]) == (page, clicks, impressions)
        assert document["ctr"] == clicks / impressions
        # A day's position of a page is a mean that the service has rounded already.
        assert document["position"] == pytest.approx(float(positions / impressions), abs=1e-9)
    assert notices == []


@pytest.mark.parametrize("seeded_until", ["2026-02-10", "2026-02-05", None])
def test_the_window_ends_with_the_last_final_day_whichever_days_have_rows(search_console, open_with, seeded_until):
    if seeded_until:
        generator = {"siteUrl": SITE, "startDate": "2026-02-01", "endDate": seeded_until, "rowsPerDay": 5}
        search_console.seed(generate=[generator])
    measured(open_with(windowDays=3))
    probe, *days = search_console.reports()
    assert (probe["dataState"], probe["dimensions"]) == ("all", ["date"])
    assert [entry["startDate"] for entry in days] == ["2026-02-05", "2026-02-06", "2026-02-07"]
    assert {entry["dataState"] for entry in days} == {"final"}


def test_a_day_over_the_ceiling_is_named_in_figures_too(search_console, open_with):
    search_console.seed(generate=[{"siteUrl": SITE, "days": {"2026-02-07": 50_001}}])
    search_console.admin.configure(restatement=False)
    records, notices = measured(open_with(windowDays=1))
    assert len(records) == 50_000
    assert [notice.key for notice in notices] == ["rows-not-shown-web-2026-02-07"]
