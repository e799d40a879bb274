"""The provider on a network of functions: where it calls, and what it makes of odd answers."""

import json

import httpx
import pytest

from integrations.domain.errors import ConfigurationRefused, PayloadTooLarge, RecordRejected, RetryLater
from integrations.providers.contract import (
    KeyedByContent,
    MeasuringProvider,
    PartlyReadOnly,
    PullProvider,
    PushProvider,
    RecordLookup,
    RecordReader,
)
from integrations.providers.posthog.provider import connect
from integrations.providers.posthog.spec import SPEC
from tests.unit.providers.surroundings import FakeTime, settings_with

CREDENTIALS = {"personalApiKey": "phx_k", "projectToken": "phc_t"}
PERSONS = {"entityTypes": {"reader": "person"}}


@pytest.fixture
def opened():
    made = []

    def open_with(handler, settings=None, **config):
        checked = SPEC.checked_config({"projectId": "12345", **PERSONS, **config})
        keys = SPEC.checked_credentials(CREDENTIALS)
        made.append(connect(checked, keys, settings_with(handler, FakeTime(), **(settings or {}))))
        return made[-1]

    yield open_with
    for provider in made:
        provider.close()


def persons_answer(request, following):
    person = {"distinct_ids": ["a"], "properties": {}, "created_at": "2026-01-01T00:00:00Z"}
    return httpx.Response(200, json={"next": following, "results": [person]})


def test_it_offers_what_the_engine_asks_for(opened):
    provider = opened(lambda request: httpx.Response(500))
    protocols = (PushProvider, PullProvider, RecordLookup, KeyedByContent, MeasuringProvider, PartlyReadOnly)
    assert all(isinstance(provider, protocol) for protocol in protocols)
    assert not isinstance(provider, RecordReader)
    assert [provider.takes(each) for each in ("person", "event:a", "event:$pageview", "pageviews")] == [
        True,
        True,
        0,
        0,
    ]


def test_a_person_is_keyed_by_its_distinct_id_and_an_event_by_ours(opened):
    provider = opened(lambda request: httpx.Response(500))
    assert provider.key_of("person", {"distinct_id": "u1"}) == "u1"
    assert provider.key_of("event:read", {"distinct_id": "u1"}) is None
    assert provider.key_of("pageviews", {}) is None
    for remote_type in ("person", "event:read"):
        with pytest.raises(RecordRejected):
            provider.key_of(remote_type, {})


@pytest.mark.parametrize(
    "following",
    [
        "https://evil.example/api/projects/12345/persons/?offset=1",
        "http://us.posthog.com/api/projects/12345/persons/?offset=1",
        "https://us.posthog.com:8443/api/projects/12345/persons/?offset=1",
        "https://k@us.posthog.com/api/projects/12345/persons/?offset=1",
    ],
)
def test_a_next_page_at_another_host_is_refused(opened, following):
    provider = opened(lambda request: persons_answer(request, following))
    with pytest.raises(ConfigurationRefused) as failed:
        provider.pull_page(["person"], provider.first_cursor(None))
    assert failed.value.code == "foreign_page"


@pytest.mark.parametrize("host", ["https://app.posthog.com", "https://us.posthog.com"])
def test_a_next_page_at_the_regions_other_name_is_asked_for_at_the_configured_one(opened, host):
    asked = []

    def handler(request):
        asked.append(f"https://{request.headers['host']}{request.url.raw_path.decode()}")
        query = "https://us.posthog.com/api/projects/12345/persons/?cursor=a%2Fb&limit=1000"
        return persons_answer(request, query if len(asked) == 1 else None)

    provider = opened(handler, apiHost=host)
    page = provider.pull_page(["person"], provider.first_cursor(None))
    assert provider.pull_page(["person"], page.next_cursor).next_cursor is None
    assert asked[1] == f"{host}/api/projects/12345/persons/?cursor=a%2Fb&limit=1000"


@pytest.mark.parametrize("answer", [{"results": []}, {"next": 5, "results": []}, {"next": None}, [], {"results": [1]}])
def test_a_list_of_persons_that_cant_be_read_is_left_for_later(opened, answer):
    provider = opened(lambda request: httpx.Response(200, json=answer))
    with pytest.raises(RetryLater) as failed:
        provider.pull_page(["person"], provider.first_cursor(None))
    assert failed.value.code == "malformed_answer"


def test_persons_without_an_id_are_left_out_with_a_notice(opened):
    person = {"distinct_ids": [], "properties": {}, "created_at": "2026-01-01T00:00:00Z"}
    provider = opened(lambda request: httpx.Response(200, json={"next": None, "results": [person]}))
    page = provider.pull_page(["person"], provider.first_cursor(None))
    assert (page.records, [notice.key for notice in page.notices]) == ((), ["persons_without_id"])


def test_pages_that_are_too_large_are_asked_for_in_smaller_ones(opened):
    limits = []

    def handler(request):
        limits.append(int(request.url.params["limit"]))
        return (
            httpx.Response(200, content=b"x" * limits[-1] * 10) if limits[-1] > 300 else persons_answer(request, None)
        )

    provider = opened(handler, {"response_bytes_maximum": 4_000})
    assert len(provider.pull_page(["person"], provider.first_cursor(None)).records) == 1
    assert limits == [1_000, 500, 250]
    tiny = opened(handler, {"response_bytes_maximum": 10})
    with pytest.raises(PayloadTooLarge):
        tiny.pull_page(["person"], tiny.first_cursor(None))


def test_an_incremental_run_begins_six_hours_before_the_watermark(opened):
    bodies = []

    def handler(request):
        bodies.append(json.loads(request.content))
        return httpx.Response(200, json={"results": []})

    provider = opened(handler, entityTypes={"read": "event:read"})
    provider.pull_page(["event:read"], provider.first_cursor("2026-06-01T12:00:00.000000Z"))
    assert bodies[0]["query"]["values"]["since"] == "2026-05-29T12:00:00Z"
    assert bodies[0]["refresh"] == "force_blocking"


@pytest.mark.parametrize(
    "row",
    [[], ["u", "read", "d", "no time", "{}"], ["u", "read", "d", "2026-01-01T00:00:00Z", "[]"], [1, 2, 3, 4, 5]],
)
def test_rows_that_arent_as_asked_for_are_left_for_later(opened, row):
    provider = opened(lambda request: httpx.Response(200, json={"results": [row]}), entityTypes={"read": "event:read"})
    with pytest.raises(RetryLater) as failed:
        provider.pull_page(["event:read"], provider.first_cursor(None))
    assert failed.value.code == "malformed_answer"


def test_events_that_go_back_in_time_end_the_run(opened):
    row = ["00000000-0000-4000-8000-000000000001", "read", "d", "2026-01-01T00:00:00Z", "{}"]
    provider = opened(lambda request: httpx.Response(200, json={"results": [row]}), entityTypes={"r": "event:read"})
    with pytest.raises(RetryLater) as failed:
        provider.pull_page(["event:read"], provider.first_cursor("2026-06-01T00:00:00.000000Z"))
    assert failed.value.code == "repeated_page"


@pytest.mark.parametrize(("configured", "region"), [("us", "eu"), ("eu", "us"), ("app", "eu")])
def test_a_key_of_the_other_region_is_told_with_the_host_to_set(opened, configured, region):
    def handler(request):
        if request.headers["host"] == f"{region}.posthog.com":
            return httpx.Response(200, json={"results": []})
        return httpx.Response(401, json={"detail": "Personal API key is invalid."})

    report = opened(handler, apiHost=f"https://{configured}.posthog.com").check()
    assert (report.connected, report.refused, report.diagnosis.code) == (False, True, "wrong_region")
    assert f"Set the apiHost to https://{region}.posthog.com" in report.diagnosis.suggestions[0]


def test_a_key_that_no_region_knows_is_refused(opened):
    asked = []

    def handler(request):
        asked.append(request.headers["host"])
        return httpx.Response(401, json={"detail": "Personal API key is invalid."})

    report = opened(handler).check()
    assert (report.refused, report.diagnosis.code) == (True, "credentials_refused")
    assert asked == ["us.posthog.com", "eu.posthog.com"]
