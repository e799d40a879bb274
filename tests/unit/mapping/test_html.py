import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.mapping.html import markdown_to_html, publishable_html
from tests.unit.mapping.generated import document


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# Title", "<h1>Title</h1>\n"),
        ("a\\\nb", "<p>a<br>\nb</p>\n"),
        ("~~gone~~", "<p><del>gone</del></p>\n"),
        ("```go\nx := 1\n```", '<pre><code class="language-go">x := 1\n</code></pre>\n'),
        ("- a\n  - b", "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>\n"),
        ("    indented", "<pre><code>indented\n</code></pre>\n"),
        ("<https://a.example>", '<p><a href="https://a.example">https://a.example</a></p>\n'),
        ("press <kbd>Ctrl</kbd>", "<p>press <kbd>Ctrl</kbd></p>\n"),
        ("{{< shortcode >}}", "<p>{{&lt; shortcode &gt;}}</p>\n"),
        ("", ""),
        (" \n\t", ""),
    ],
)
def test_commonmark_is_rendered(markdown, html):
    assert markdown_to_html(markdown) == html


def test_cells_keep_their_alignment():
    html = markdown_to_html("| a | b | c | d |\n|:--|:-:|--:|---|\n| 1 | 2 | 3 | 4 |")
    assert re.findall(r"<(t[hd](?: style=\"[^\"]*\")?)>", html) == [
        'th style="text-align:left"', 'th style="text-align:center"', 'th style="text-align:right"', "th",
        'td style="text-align:left"', 'td style="text-align:center"', 'td style="text-align:right"', "td",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://a.example/b_c?d=e&f=g.", ["https://a.example/b_c?d=e&amp;f=g"]),
        ("(https://a.example/x_(y))", ["https://a.example/x_(y)"]),
        ("www.a.example, WWW.B.EXAMPLE!", ["http://www.a.example", "http://WWW.B.EXAMPLE"]),
        ("*https://a.example*", ["https://a.example"]),
        ("http://localhost:1313/", ["http://localhost:1313/"]),
        ("mail jo.doe+x@mail.example.org!", ["mailto:jo.doe+x@mail.example.org"]),
        ("https://ä.example/ü", ["https://%C3%A4.example/%C3%BC"]),
        ("https://a.example/&lt;b", ["https://a.example/"]),
        ("`https://a.example` [https://a.example](/b)", ["/b"]),
        ("xhttps://a.example module@v1.2.3 www. https:// a@b http://1.2.3.999", []),
    ],
)
def test_addresses_are_linked_as_on_github(text, links):
    assert re.findall('href="([^"]*)"', markdown_to_html(text)) == links


HOSTILE = (
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox(1))",
    "<javascript:alert(1)>",
    '<svg onload="alert(1)"><script>alert(1)</script></svg>',
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    '<iframe src="https://a.example"></iframe><object data="x"></object><embed src="x">',
    '<p style="background:url(javascript:alert(1))" onclick="x()" class="evil" id="evil">x</p>',
    '<td style="text-align:left;position:fixed">x</td>',
    '<table><tr><td style="position:fixed;text-align:right" class="x">x</td></tr></table>',
    '<code class="language-js evil" onclick="x()">x</code>',
    "<form action=javascript:alert(1)><input name=x><button formaction=javascript:x>x</button></form>",
    '<base href="https://evil.example"><link rel=stylesheet href=x>',
    '<meta http-equiv=refresh content="0;url=javascript:x">',
    "<details open ontoggle=alert(1)>x</details>",
    "<a\x00href='javascript:alert(1)'>x</a>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "https://a.example/\"onmouseover=\"alert(1)",
    "```js\" onclick=\"x()\nx\n```",
    "<style>@import 'https://evil.example';</style><!--[if IE]><script>x</script><![endif]-->",
)  # fmt: skip
ACTIVE = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "svg",
    "math",
    "form",
    "input",
    "button",
    "base",
    "meta",
    "link",
}
TAG = re.compile(r"<[^>]*>")
ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')


def assert_is_safe(html):
    """Every tag and attribute is one of those that cannot run code."""
    for tag in TAG.findall(html):
        name = re.match(r"</?([a-z0-9]+)", tag)[1]
        assert name not in ACTIVE
        for attribute, value in ATTRIBUTE.findall(tag):
            assert not attribute.startswith("on")
            assert attribute not in {"id", "srcdoc", "formaction", "action", "srcset"}
            if attribute in ("href", "src", "cite"):
                assert re.match(r"(?:https?:|mailto:|tel:|ftp:)|(?!\s*[a-z+.\s-]+:)", value, re.IGNORECASE), value
            if attribute == "class":
                assert (name, value.split("-")[0]) == ("code", "language")
            if attribute == "style":
                assert re.fullmatch("text-align:(?:left|center|right)", value)


@pytest.mark.parametrize("markdown", HOSTILE)
def test_nothing_that_runs_code_is_published(markdown):
    for text in (markdown, f"a {markdown} b", f"> - {markdown}\n", f"| {markdown} |\n|---|\n"):
        assert_is_safe(markdown_to_html(text))
    assert_is_safe(publishable_html(markdown))


JOINTS = ("<", ">", '"', "'", "`", "\n\n", "<b>", "](", "<!--", "-->", "&#x6A;")


@given(st.lists(st.sampled_from(HOSTILE + JOINTS)))
def test_no_mixture_of_them_is_published_either(pieces):
    assert_is_safe(markdown_to_html("".join(pieces)))


@given(st.integers(0, 10_000))
def test_publishing_what_was_published_changes_nothing(seed):
    html = markdown_to_html(document(seed, blocks=3))
    assert publishable_html(html) == html


def test_half_of_a_utf_16_pair_is_replaced():
    assert markdown_to_html("a\ud800b \ud83d\ude00") == "<p>a\ufffdb \U0001f600</p>\n"


def test_what_is_taken_out_leaves_no_holes():
    assert markdown_to_html("a <!-- b -->\n\n<!-- c -->\n\nd") == "<p>a</p>\n<p>d</p>\n"


def test_preformatted_text_keeps_its_blank_lines():
    html = markdown_to_html("<pre>\n\n  a\n\n\n  b\n</pre>")
    assert html == "<pre>\n\n  a\n\n\n  b\n</pre>\n"
    assert publishable_html(html) == html
