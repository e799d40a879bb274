"""Text made to keep a parser busy is refused at once, text that is merely large isn't."""

import time
from contextlib import suppress

import pytest

from integrations.domain.errors import RecordRejected
from integrations.mapping.html import markdown_to_html, publishable_html
from integrations.mapping.html_limits import refuse_hostile
from integrations.mapping.markdown import html_to_markdown

SIZE = 350_000


def filled(unit):
    return unit * (SIZE // len(unit))


DEEP = ("<ul><li>", "<div></y>", "<svg><div></div>", "<table><td></div><div>")
HIDDEN_ENDS = (
    "<div><!--</div>-->",
    '<div><a title="</div>">',
    '<x a"><div>">',
    "<div><script></div></script>",
    "<svg><style><div></style>",
    "<svg><![CDATA[</div>]]><div>",
)


@pytest.mark.parametrize("unit", DEEP + HIDDEN_ENDS)
def test_elements_nested_thousands_deep_are_refused(unit):
    with pytest.raises(RecordRejected) as rejected:
        publishable_html(filled(unit))
    assert rejected.value.code == "html_too_complex"


def test_quotes_nested_thousands_deep_are_refused():
    with pytest.raises(RecordRejected) as rejected:
        markdown_to_html(">" * 20_000)
    assert rejected.value.code == "html_too_complex"


def test_a_tag_with_hundreds_of_attributes_is_refused():
    with pytest.raises(RecordRejected, match="attributes"):
        publishable_html(f"<a {' '.join(f'b{n}' for n in range(SIZE // 7))}>")


def test_formatting_that_would_be_repeated_a_million_times_is_refused():
    with pytest.raises(RecordRejected, match="formatting"):
        publishable_html("".join(f"<b id={n}>" for n in range(60)) + "<p>x" * 40_000)


def test_a_text_of_ampersands_is_refused():
    with pytest.raises(RecordRejected, match="escaped"):
        markdown_to_html("&" * 600_000)


@pytest.mark.parametrize("unit", ["<p>a", "<li>a", "<tr><td>a", "<br>", "<b>a</b> ", "<div>a</div>", "a < b & c\n\n"])
def test_what_is_merely_large_is_not_refused(unit):
    refuse_hostile(unit * (100_000 // len(unit)))


def test_a_large_image_in_an_attribute_is_not_refused():
    refuse_hostile(f'<img src="data:image/png;base64,{filled("A/+=")}">')


MARKDOWN = (
    *("[", "> ", "* ", "*a ", "[a](", "![[]()", "`", "<", "<!--", "&", "~~a ", "| a", "http://a.", "a@", "[a]: b\n"),
    *("www.a(", "a|b\n-|-\n", "- a\n", "\\", "_", "<a b=", "a\n\n", "][", "**a_"),
)


@pytest.mark.parametrize("unit", MARKDOWN)
def test_hostile_markdown_is_rendered_in_time(unit):
    started = time.perf_counter()
    with suppress(RecordRejected):
        markdown_to_html(unit * (30_000 // len(unit)))
    assert time.perf_counter() - started < 5


HTML = (
    *("<p>a", "<b>x</b>\n", "<i>x</i><b>y</b>", "<span>a </span>", "<br>", "<li>a", "<td>", "[", "*", "`", "&lt;a"),
    *("<em>*</em>", "<h1>a</h1>", "<hr>", "<p>1. a</p>\n", "<a href=x>y</a>", "<code>`</code>", "<!-- -->"),
    "<img src=x>",
)


@pytest.mark.parametrize("unit", HTML)
def test_hostile_html_is_inverted_in_time(unit):
    started = time.perf_counter()
    html_to_markdown(unit * (12_000 // len(unit)))
    assert time.perf_counter() - started < 5


def test_html_too_deep_to_be_walked_is_rejected():
    with pytest.raises(RecordRejected) as rejected:
        html_to_markdown("<blockquote>" * 101 + "a")
    assert rejected.value.code == "html_too_complex"
    assert html_to_markdown("<blockquote>" * 40 + "a") == "> " * 40 + "a\n"


WITHIN_EACH_OTHER = (
    *("em", "strong", "sup", "em><strong", "em> <del", "em>a<em", "span", "a href=x", "kbd"),
    *("blockquote", "ul><li", "ol><li><p", "ul><div", "div", "details", "ul><li>a<b", "table><tr><td", "dl><dd"),
)


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("names", WITHIN_EACH_OTHER)
def test_as_deep_as_is_allowed_is_walked_in_time(names, end):
    unit = f"<{names}>"
    html = unit * (72 // unit.count("<")) + "a"
    started = time.perf_counter()
    assert "a" in html_to_markdown(publishable_html(html) if end else html)
    assert time.perf_counter() - started < 5
