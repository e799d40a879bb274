"""What is PostHog's own when records are read, against its simulator."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from integrations.domain.errors import ConfigurationRefused, RetryLater
from tests.contract.providers.posthog_kit import PERSONS, QUERY, event, open_posthog, settings_for

MIXED = {"reader": "person", "visit": "pageviews", "read": "event:read", "signup": "event:signed_up"}
JUNE_4 = datetime(2026, 6, 4, 12, tzinfo=UTC).timestamp()


@pytest.fixture
def opened(posthog):
    made = []

    def open_with(entity_types, unix_time=None, **config):
        settings = settings_for(posthog)
        if unix_time is not None:
            settings = replace(settings, unix_time=lambda: unix_time)
        made.append(open_posthog(posthog, settings, entityTypes=entity_types, **config))
        return made[-1]

    yield open_with
    for provider in made:
        provider.close()


def pulled(provider, remote_types, watermark=None):
    """All records of a run, and its service time. The cursor is stored between the pages."""
    cursor, records, times = provider.first_cursor(watermark), [], []
    while cursor is not None:
        page = provider.pull_page(remote_types, json.loads(json.dumps(cursor)))
        records += page.records
        times.append(page.service_time or "")
        cursor = page.next_cursor
    return records, max(times)


def seeded_events(posthog, name="read", count=3, **changes):
    made = [
        {"event": name, "distinct_id": f"u{n}", "timestamp": f"2026-06-01T00:00:{n:02}Z", **changes}
        for n in range(count)
    ]
    posthog.admin.seed(made)


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"queryRowsMaximum": 333},
        {"uuidOrder": "text"},
        {"propertiesAsText": False},
        {"timestampTextForm": "clickhouse"},
        {"hasMoreWithLimit": True},
    ],
)
def test_events_of_three_days_all_arrive_once_with_ties_over_a_page_border(posthog, opened, switches):
    posthog.admin.configure(**switches)
    order = {"persons": 0, "late": 0, "event": "read"}
    assert posthog.admin.call("POST", "generate", order)["events"] == 7_500
    records, service_time = pulled(opened({"read": "event:read"}), ["event:read"])
    assert len({record.external_id for record in records}) == len(records) == 7_500
    assert Counter(record.document["timestamp"] for record in records).most_common(1)[0][1] == 1_200
    assert service_time == max(record.document["timestamp"] for record in records)
    assert {entry["status"] for entry in posthog.admin.requests(QUERY)} == {200}


def test_events_that_arrive_late_are_read_by_the_next_run(posthog, opened):
    posthog.admin.set_clock(now="2026-06-04T00:00:00Z", frozen=True)
    order = {"persons": 0, "event": "read", "lateSeconds": 3_600}
    assert posthog.admin.call("POST", "generate", order)["pending"] == 50
    provider = opened({"read": "event:read"})
    first, watermark = pulled(provider, ["event:read"])
    posthog.admin.set_clock(advanceSeconds=3_600)
    second, _ = pulled(provider, ["event:read"], watermark)
    ids = {record.external_id for record in first}
    assert len(ids) == len(first) == 7_450
    assert len({record.external_id for record in second} - ids) == 50
    assert len({record.external_id for record in second}) == len(second)


def test_a_run_without_news_keeps_the_watermark(posthog, opened):
    watermark = "2026-06-01T00:00:00.000000Z"
    assert pulled(opened({"read": "event:read"}), ["event:read"], watermark) == ([], watermark)


def test_an_event_of_the_future_hides_nothing(posthog, opened):
    posthog.admin.set_clock(now="2026-06-01T12:00:00Z", frozen=True)
    posthog.admin.seed([{"event": "read", "distinct_id": "u", "timestamp": "2026-06-02T10:00:00Z"}])
    provider = opened({"read": "event:read"})
    seeded_events(posthog, count=1)
    first, watermark = pulled(provider, ["event:read"])
    assert (len(first), watermark[:10]) == (1, "2026-06-01")
    posthog.admin.set_clock(now="2026-06-02T11:00:00Z")
    second, _ = pulled(provider, ["event:read"], watermark)
    assert [record.document["timestamp"] for record in second][-1] == "2026-06-02T10:00:00Z"


def test_an_event_that_isnt_merged_yet_is_given_once(posthog, opened):
    posthog.admin.configure(mergeDelaySeconds=60)
    uuid = "00000000-0000-4000-8000-000000000001"
    for _ in range(2):
        seeded_events(posthog, count=1, uuid=uuid)
    records, _ = pulled(opened({"read": "event:read"}), ["event:read"])
    assert [record.external_id for record in records] == [uuid]


def test_events_that_we_pushed_are_no_news(posthog, opened):
    provider = opened({"article": "event:article_published"})
    provider.push_batch([event(1)], "job")
    posthog.admin.seed([{"event": "article_published", "distinct_id": "u", "timestamp": "2026-06-01T00:00:00Z"}])
    records, _ = pulled(provider, ["event:article_published"])
    assert [record.document["distinct_id"] for record in records] == ["u"]


def test_short_pages_of_persons_are_not_the_last(posthog, opened):
    posthog.admin.call("POST", "generate", {"events": 0, "tied": 0, "late": 0, "persons": 2_500})
    posthog.admin.configure(pageLimitMaximum=100)
    records, service_time = pulled(opened({"reader": "person"}), ["person"])
    assert len({record.external_id for record in records}) == len(records) == 2_500
    assert service_time == ""
    assert len(posthog.admin.requests(PERSONS)) == 26


def test_a_next_page_that_is_the_same_again_ends_the_run(posthog, opened):
    posthog.admin.call("POST", "generate", {"events": 0, "tied": 0, "late": 0, "persons": 2_500})
    posthog.admin.configure(nextRepeatsFromPage=2, pageLimitMaximum=100)
    with pytest.raises(RetryLater) as failed:
        pulled(opened({"reader": "person"}), ["person"])
    assert failed.value.code == "repeated_page"
    assert len(posthog.admin.requests(PERSONS)) == 2


def test_a_person_is_known_by_its_first_id_and_the_others_are_aliases(posthog, opened):
    created = "2026-01-01T00:00:00.123456Z"
    posthog.admin.seed([{"distinct_ids": ["a", "b"], "created_at": created, "properties": {"plan": "pro"}}])
    ((record,), _) = pulled(opened({"reader": "person"}), ["person"])
    assert (record.external_id, record.aliases, record.remote_type) == ("a", ("b",), "person")
    document = {"distinct_id": "a", "properties": {"plan": "pro"}, "created_at": "2026-01-01T00:00:00.123Z"}
    assert record.document == document
    assert record.known_as("b").document["distinct_id"] == "b"


def mixed(posthog):
    posthog.admin.seed({"distinct_ids": [f"p{n}"], "created_at": "2026-01-01T00:00:00Z"} for n in range(3))
    no_person = {"$process_person_profile": False}
    view = {"event": "$pageview", "distinct_id": "v", "timestamp": "2026-06-02T00:00:00Z"}
    urls = ("https://www.x.org/a?x=1", "https://x.org/a/", "https://x.org/b", None)
    posthog.admin.seed({**view, "properties": {**no_person, "$current_url": url}} for url in urls)
    seeded_events(posthog, properties=no_person)
    seeded_events(posthog, "signed_up", 2, properties=no_person)
    seeded_events(posthog, "other", 2, properties=no_person)


def test_kinds_are_read_one_after_the_other(posthog, opened):
    mixed(posthog)
    provider = opened(MIXED, unix_time=JUNE_4)
    records, service_time = pulled(provider, sorted(MIXED.values()))
    kinds = Counter(record.remote_type for record in records)
    assert kinds == {"person": 3, "pageviews": 2, "event:read": 3, "event:signed_up": 2}
    assert list(kinds) == ["person", "pageviews", "event:read", "event:signed_up"]
    assert service_time == "2026-06-01T00:00:02.000000Z"


def test_records_of_all_kinds_are_read_by_their_ids(posthog, opened):
    mixed(posthog)
    provider = opened(MIXED, unix_time=JUNE_4)
    records, _ = pulled(provider, sorted(MIXED.values()))
    posthog.admin.clear_requests()
    found = provider.read_records([*(record.external_id for record in records), "nobody", "https://x.org/none"])
    assert {asked: (record.remote_type, record.document) for asked, record in found.items()} == {
        record.external_id: (record.remote_type, record.document) for record in records
    }
    assert len(posthog.admin.requests()) == 3


def test_page_views_are_counted_over_whole_days_whatever_the_spelling(posthog, opened):
    mixed(posthog)
    view = {"event": "$pageview", "properties": {"$current_url": "https://x.org/a"}}
    times = ("2026-05-31T23:59:59Z", "2026-06-01T00:00:00Z", "2026-06-03T23:59:59.999Z", "2026-06-04T00:00:00Z")
    posthog.admin.seed({**view, "distinct_id": f"w{n}", "timestamp": each} for n, each in enumerate(times))
    provider = opened({"visit": "pageviews"}, unix_time=JUNE_4, windowDays=3)
    records, _ = pulled(provider, ["pageviews"])
    assert [record.external_id for record in records] == ["https://x.org/a", "https://x.org/b"]
    assert records[0].document == {"url": "https://www.x.org/a", "views": 4, "visitors": 3}


def test_figures_come_in_pages_and_add_up(posthog, opened):
    order = {"events": 3_000, "tied": 0, "late": 0, "persons": 0, "urls": 1_500}
    posthog.admin.call("POST", "generate", order)
    match = {"source": "fields.url", "target": "url"}
    provider = opened({"article": "pageviews"}, unix_time=JUNE_4, match=match)
    cursor, documents = provider.first_figures_cursor(), []
    while cursor is not None:
        page = provider.figures_page(json.loads(json.dumps(cursor)))
        documents += [record.document for record in page.records]
        cursor = page.next_cursor
    figures = provider.figures_of("https://www.example.com/articles/0000")
    assert figures.document() == {"url": "https://www.example.com/articles/0000", "views": 0, "visitors": 0}
    for document in documents:
        figures.add(document)
    assert (len(documents), figures.document()["views"]) == (1_500, 3_000)
    assert len(posthog.admin.requests(QUERY)) == 3


def test_a_project_that_isnt_there_is_a_matter_of_configuration(posthog, opened):
    with pytest.raises(ConfigurationRefused) as failed:
        pulled(opened({"reader": "person"}, projectId="99"), ["person"])
    assert failed.value.code == "project_not_found"
