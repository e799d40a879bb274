import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.mapping.html import markdown_to_html, publishable_html
from integrations.mapping.markdown import html_to_markdown
from tests.unit.mapping.generated import document

CANONICAL = (
    "# Title\n",
    "Some *text*, **strong**, ~~gone~~ and `code`.\n",
    "Nested **strong with *em* within**, *em with **strong** within* and **_both_**.\n",
    "A soft\nbreak and a hard\\\nbreak.\n",
    "- one\n- two\n  - nested\n\n    ```sh\n    run\n    ```\n",
    "- loose\n\n- list\n",
    "7. seven\n8. eight\n",
    "- a\n\n* b\n",
    "> quoted\n>\n> - list\n",
    "```go-html-template\n{{ .Title }}\n\n  x\n```\n",
    "````\n```\n````\n",
    "| A | B | C |\n| :-- | :-: | --: |\n| `a\\|b` | *x* | |\n",
    '[link](/a?b=c&d "title") ![image](i.png) [![both](i.png)](/a)\n',
    "<https://a.example/b_c> and <jo@a.example>\n",
    "<dl>\n<dt>Term</dt>\n<dd>Meaning</dd>\n</dl>\n",
    "<details>\n<summary>More</summary>\n\nText with **Markdown**\n\n</details>\n",
    "Press <kbd>Ctrl</kbd> and H<sub>2</sub>O\n",
    "a\n\n---\n\nb\n",
    "two\nlines\n===\n",
    "1 < 2 & 3 > 2, snake_case, 2 * 3, C:\\dir, [brackets], {{< shortcode >}}\n",
    "no&nbsp;break\n",
)


@pytest.mark.parametrize("markdown", CANONICAL)
def test_markdown_comes_back_as_it_was_written(markdown):
    assert html_to_markdown(markdown_to_html(markdown)) == markdown


LOOKALIKES = (
    *(
        "# no heading",
        "- no list",
        "1. no list",
        "+ no",
        "> no quote",
        "---",
        "===",
        "```",
        "~~~",
        "*no* _em_ **strong**",
    ),
    *("[no](link)", "![no](image)", "[no]: definition", "<b>no tag</b>", "&amp; no entity", "\\* no escape"),
    *("`no code`", "| a |\n|---|", "a\n---", "trailing \\", "~~no~~", "!", "#", "    no code", "<https://no.link"),
    *("***", "a_b_c _d_", "**no** strong"),
)


@pytest.mark.parametrize("text", LOOKALIKES)
def test_text_that_looks_like_markdown_stays_text(text):
    html = publishable_html(f"<p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p>\n")
    markdown = html_to_markdown(html)
    assert markdown_to_html(markdown) == html
    assert not markdown.startswith("<p>")


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Some <b>bold</b> and <i>italic</i></p>", "Some **bold** and *italic*\n"),
        ("<div>One</div><div>Two <span>three</span></div>", "One\n\nTwo three\n"),
        ("plain text", "plain text\n"),
        ("<h1>A</h1><p>b<br>c</p><ul><li>d<li>e</ul>", "# A\n\nb\\\nc\n\n- d\n- e\n"),
        ("<p>a<strong> b </strong>c</p>", "a **b** c\n"),
        ("<b>a</b><b>b</b>", "**ab**\n"),
        ("<p>\n   pretty\n   printed\n</p>", "pretty\nprinted\n"),
        ("<ul><li><p>alone</p></li></ul>", "- alone\n"),
        ("<ul><li>a<ol><li>b</li></ol></li></ul>", "- a\n  1. b\n"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b\n"),
        ("<ol start=3><li><p>a</p></li><li><p>b</p></li></ol>", "3. a\n\n4. b\n"),
        ("<blockquote>a<p>b</p></blockquote>", "> a\n>\n> b\n"),
        ("<pre>a\n  b</pre>", "```\na\n  b\n```\n"),
        ('<pre><code class="language-js"><span>let</span> a</code></pre>', "```js\nlet a\n```\n"),
        ('<a href="/x"><h3>A</h3><p>b</p></a>', "### [A](/x)\n\n[b](/x)\n"),
        ("<b><p>a</p><p>b</p></b>", "a\n\nb\n"),
        ("<p>a</p><p></p><p><br></p><p>b</p>", "a\n\nb\n"),
        ("<h2>a<br>b</h2>", "## a<br>b\n"),
        ("<p>a</p><script>alert(1)</script>", "a\n"),
        ('<p><a href="javascript:alert(1)">a</a></p>', "a\n"),
        (
            "<details><summary>S</summary>a <b>b</b></details>",
            "<details>\n<summary>S</summary>\n\na **b**\n\n</details>\n",
        ),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "<dl><dt>a</dt><dd>b</dd></dl>\n"),
        (
            "<table><tr><th>a<th align=right>b<tr><td><p>1</p><td align=right>2</table>",
            "| a | b |\n| --- | --: |\n| 1 | 2 |\n",
        ),
        (
            '<table><tr><td colspan="2">a</td></tr></table>',
            '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>\n',
        ),
        ("", ""),
        ("<p></p>", ""),
    ],
)
def test_what_an_editor_writes_becomes_markdown(html, markdown):
    assert html_to_markdown(html) == markdown


def test_what_an_author_wrote_as_html_stays_html():
    for html in ("<div>a</div>\n", "<p>a <b>b</b></p>\n", "<ul><li>a</li></ul>\n", '<img src="a">\n', "<p>a</p>b\n"):
        assert markdown_to_html(html_to_markdown(html)) == html


@settings(max_examples=40)
@given(st.integers(0, 1_000_000))
def test_inverting_a_document_keeps_its_html_and_is_stable(seed):
    html = markdown_to_html(document(seed, blocks=3))
    markdown = html_to_markdown(html)
    assert markdown_to_html(markdown) == html
    assert html_to_markdown(markdown_to_html(markdown)) == markdown


PIECES = (
    *("<p>", "</p>", "<b>", "</b>", "<i>", "<div>", "</div>", "<ul>", "<li>", "</ul>", "<a href=x>", "</a>", "<br>"),
    *("<code>", "</code>", "<pre>", "</pre>", "<table>", "<tr>", "<th>", "<td>", "</table>", "<h2>", "</h2>", "a", " "),
    *("\n", "*", "_", "`", "[", "](", "&amp;", "&nbsp;", "<img src=x>", "<details>", "1. ", "- ", "|", "\\", "~", "#"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_whatever_is_inverted_once_keeps_its_html_from_then_on(pieces):
    html = markdown_to_html(html_to_markdown("".join(pieces)))
    assert publishable_html(html) == html
    assert isinstance(html_to_markdown(html), str)


@given(st.text(st.characters(), max_size=60))
def test_text_survives_being_inverted(text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    html = publishable_html(f"<p>{escaped}</p>")
    assert markdown_to_html(html_to_markdown(html)) == html
