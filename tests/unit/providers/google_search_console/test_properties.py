import pytest

from integrations.providers.google_search_console.properties import near_properties

KNOWN = ["https://shop.example.com/", "https://www.example.com/", "sc-domain:example.com", "sc-domain:exampel.com"]


@pytest.mark.parametrize(
    "site_url", ["http://example.com/", "https://example.com/", "http://www.example.com/", "https://example.com/blog/"]
)
def test_the_same_sites_other_names_come_first(site_url):
    assert near_properties(site_url, KNOWN) == [
        "https://shop.example.com/",
        "https://www.example.com/",
        "sc-domain:example.com",
    ]


def test_the_domain_of_a_subdomain_is_near_and_the_name_itself_is_no_suggestion():
    assert near_properties("sc-domain:shop.example.com", ["sc-domain:example.com"]) == ["sc-domain:example.com"]
    assert near_properties("sc-domain:example.com", ["sc-domain:example.com"]) == []


def test_names_that_look_alike_come_before_others():
    known = ["https://a.org/", "https://b.org/", "https://c.org/", "sc-domain:wiserows.com"]
    assert near_properties("sc-domain:wiserow.com", known)[0] == "sc-domain:wiserows.com"
    assert len(near_properties("sc-domain:wiserow.com", known)) == 3
