import pytest

from integrations.domain.errors import ValidationFailed
from integrations.domain.field_mapping import FieldMapping
from integrations.providers.google_search_console.spec import SPEC

CONFIG = {"siteUrl": "sc-domain:example.com", "entityTypes": {"metric": "row"}}


def problems_of(**changes):
    with pytest.raises(ValidationFailed) as refused:
        SPEC.checked_config({**CONFIG, **changes})
    return dict(refused.value.details)


def test_a_configuration_is_completed_with_defaults():
    config = SPEC.checked_config(CONFIG)
    assert config.dimensions == ["date", "page"]
    assert (config.search_type, config.start_date, config.lookback_days, config.window_days) == ("web", None, 4, 28)
    assert str(config.origin) == "https://searchconsole.googleapis.com"
    assert config.canonical_address == "searchconsole.googleapis.com/sc-domain:example.com"


@pytest.mark.parametrize(
    "site_url",
    [
        "sc-domain:example.com",
        "sc-domain:xn--bcher-kva.example",
        "https://www.example.com/",
        "http://example.com:8080/",
        "https://medium.example/@writer/",
        "https://example.com/a%20b/c_d/",
    ],
)
def test_a_property_is_named_as_search_console_does(site_url):
    assert SPEC.checked_config({**CONFIG, "siteUrl": site_url}).site_url == site_url


@pytest.mark.parametrize(
    "site_url",
    [
        "",
        "example.com",
        "sc-domain:",
        "sc-domain:example.com/",
        "sc-domain:Example.com",
        "sc-domain:-example.com",
        "sc-domain:example.com\n",
        "sc-set:example",
        "https://www.example.com",
        "https://www.example.com/blog",
        "https://WWW.example.com/",
        "https://user:pass@www.example.com/",
        "https://user@www.example.com/",
        "https://www.example.com/?a=/",
        "https://www.example.com/#/",
        "https://www.example.com//",
        "https://www.example.com/a b/",
        "https://www.example.com:port/",
        "ftp://www.example.com/",
        "https://example.com/" + "a" * 500 + "/",
        7,
    ],
)
def test_what_names_no_property_is_refused(site_url):
    assert list(problems_of(siteUrl=site_url)) == ["config.siteUrl"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dimensions", []),
        ("dimensions", ["page"]),
        ("dimensions", ["date", "date"]),
        ("dimensions", "date"),
        ("searchType", "books"),
        ("startDate", "2026-02-30"),
        ("startDate", "20260201"),
        ("startDate", "yesterday"),
        ("lookbackDays", -1),
        ("lookbackDays", "4"),
        ("windowDays", 0),
        ("windowDays", 28.0),
        ("apiHost", "https://searchconsole.googleapis.com/v1"),
        ("entityTypes", {}),
        ("entityTypes", {"metric": "rows"}),
        ("entityTypes", {"metric": "row", "other": "page"}),
        ("onArchive", "delete"),
    ],
)
def test_a_value_that_isnt_allowed_is_refused_by_its_field(key, value):
    assert list(problems_of(**{key: value})) == [f"config.{key}"]


def test_dimensions_google_cannot_group_by_are_refused():
    assert list(problems_of(dimensions=["date", "hour"])) == ["config.dimensions.1"]
    assert list(problems_of(dimensions=["date", "searchAppearance"])) == ["config.dimensions.1"]


@pytest.mark.parametrize(
    ("search_type", "dimension"), [("discover", "query"), ("discover", "device"), ("googleNews", "query")]
)
def test_a_search_type_without_that_dimension_is_refused_naming_both(search_type, dimension):
    (message,) = problems_of(searchType=search_type, dimensions=["date", dimension]).values()
    assert search_type in message
    assert dimension in message


@pytest.mark.parametrize(
    ("search_type", "dimension"), [("discover", "country"), ("googleNews", "device"), ("web", "query")]
)
def test_a_search_type_with_that_dimension_is_taken(search_type, dimension):
    SPEC.checked_config({**CONFIG, "searchType": search_type, "dimensions": ["date", dimension]})


def test_figures_match_by_page_alone():
    match = {"source": "fields.url", "target": "page"}
    assert SPEC.checked_config({**CONFIG, "match": match}).match.target == "page"
    (message,) = problems_of(match={**match, "target": "query"}).values()
    assert '"page"' in message


def test_there_is_nothing_to_push_and_no_pull_by_entity():
    assert SPEC.directions_for(CONFIG) == ("pull",)
    assert not SPEC.entity_ids_supported("pull", CONFIG)


def test_targets_are_the_dimensions_and_the_figures():
    known = ("date", "page", "query", "country", "device", "clicks", "impressions", "ctr", "position")
    mappings = [FieldMapping(f"fields.{name}", name) for name in (*known, "views", "page.url")]
    problems = SPEC.mapping_problems(mappings)
    assert {index for index, field, _ in problems if field == "target"} == {9, 10}
    assert "impressions" in problems[-1][2]


def test_addresses_are_googles_or_listed():
    local = {**CONFIG, "apiHost": "http://127.0.0.1:4001"}
    assert SPEC.address_problems(CONFIG, ()) == []
    assert SPEC.address_problems(local, ("127.0.0.1:4001",)) == []
    ((field, message),) = SPEC.address_problems(local, ())
    assert field == "config.apiHost"
    assert "https://searchconsole.googleapis.com" in message
