"""Which page a URL or a path names."""

import pytest

from integrations.mapping.page_address import PageAddress, page_address


@pytest.mark.parametrize(
    "text",
    [
        "https://www.example.com/blog/a/",
        "http://example.com/blog/a",
        "HTTPS://Example.COM/blog/a?utm=1#top",
        "//example.com/blog/a",
        "example.com/blog/a",
        "https://example.com:443/blog/a",
        "http://example.com:80/blog/a/?x",
        " https://example.com/blog/%61 ",
    ],
)
def test_spellings_of_one_page_are_one_page(text):
    assert page_address(text) == PageAddress("example.com", "/blog/a")


@pytest.mark.parametrize("text", ["/blog/a", "/blog/a/", "blog/a", "/blog/a?x=1", "/blog/a#y"])
def test_a_path_names_the_page_on_any_host(text):
    page = page_address("https://example.com/blog/a")
    assert page is not None
    assert page_address(text) == page.on_any_host


def test_letters_and_their_encoding_are_the_same():
    assert page_address("https://example.com/caf%C3%A9") == page_address("https://example.com/café")


def test_an_encoded_slash_is_not_one_of_the_paths():
    assert page_address("/a%2Fb") != page_address("/a/b")


def test_the_front_page_has_its_address_too():
    assert page_address("https://www.example.com/") == page_address("example.com") == PageAddress("example.com", "")
    assert page_address("/") == PageAddress(None, "")


@pytest.mark.parametrize(
    ("one", "other"), [("/a", "/A"), ("https://a.com/x", "https://b.com/x"), ("a.com:81", "a.com")]
)
def test_different_pages_are_different(one, other):
    assert page_address(one) != page_address(other)


@pytest.mark.parametrize("text", [None, "", "  ", 7, ["/a"], "http://[broken"])
def test_what_names_no_page_is_none(text):
    assert page_address(text) is None
