"""Markdown to HTML that is safe to publish.

The Markdown is CommonMark with tables, strikethrough and autolinks; HTML within it is kept as far as the sanitiser lets
it through. pulldown-cmark (by `pyromark`) parses, ammonia (by `nh3`) sanitises: both take linear time on hostile text.
"""

import re
from functools import cache

import nh3
import pyromark

from integrations.mapping.autolinks import link_addresses
from integrations.mapping.html_limits import refuse_hostile

_PREFORMATTED = re.compile(r"(<pre[ >].*?</pre>)", re.DOTALL)
_FIRST_NEWLINE = re.compile(r"\A(<pre[^>]*>)\n")  # a parser drops one; ammonia doesn't write it back
_AT_EDGES = re.compile(r"(?:(?<=<p>)|(?<=<h[1-6]>))[ \t\n]++|(?<![ \t\n])[ \t\n]++(?=</(?:p|h[1-6])>)")
_BLANK = " \t\f\r"
_LANGUAGE = "language-"


def markdown_to_html(text: str) -> str:
    """The HTML of CommonMark `text`: no script, no event handler, no URL that runs code; always the same for the same.

    `class="language-…"` on code and the alignment of table cells are the only class and style. Ends with a newline,
    unless it is empty. Raises `RecordRejected` (`html_too_complex`) for text made to keep a parser busy.
    """
    source = without_surrogates(text)
    if not source.endswith("\n"):
        source += "\n"  # without it, indented code at the end is a line shorter
    return publishable_html(pyromark.html(source, options=_options()))


def publishable_html(html: str) -> str:
    """`html` sanitised, in the form that `markdown_to_html` gives: balanced, lines unindented, addresses linked.

    Publishing what was published changes nothing. Raises `RecordRejected` as `markdown_to_html` does.
    """
    html = without_surrogates(html)
    refuse_hostile(html)
    pieces = _PREFORMATTED.split(_cleaner().clean(html))
    pieces[::2] = map(_without_blank_lines, pieces[::2])
    pieces[1::2] = (_FIRST_NEWLINE.sub(r"\1\n\n", piece) for piece in pieces[1::2])
    tidy = "".join(pieces).strip(_BLANK + "\n")
    return link_addresses(tidy, _is_allowed_url) + "\n" if tidy else ""


def without_surrogates(text: str) -> str:
    """`text` with halves of UTF-16 pairs, which JSON can carry and UTF-8 cannot, made whole or replaced by U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_blank_lines(html: str) -> str:
    """What the sanitiser takes out leaves holes; outside `<pre>` neither they nor indentation mean anything, nor do
    blanks at the edges of a paragraph."""
    first, *lines = html.split("\n")
    if lines:
        *between, last = lines
        stripped = (line.strip(_BLANK) for line in between)
        html = "\n".join([first.rstrip(_BLANK), *filter(None, stripped), last.lstrip(_BLANK)])
    return _AT_EDGES.sub("", html)


@cache
def _options() -> pyromark.Options:
    return pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH


@cache
def _cleaner() -> nh3.Cleaner:
    attributes = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    attributes["code"] = {"class"}
    attributes["details"] = {"open"}
    for tag in ("td", "th"):
        attributes.setdefault(tag, set()).add("style")
    return nh3.Cleaner(
        attributes=attributes,
        attribute_filter=_allowed_value,
        filter_style_properties={"text-align"},
        link_rel=None,
    )


def _is_allowed_url(href: str) -> bool:
    link = f'<a href="{href}"></a>'
    return _cleaner().clean(link) == link


def _allowed_value(tag: str, attribute: str, value: str) -> str | None:
    """Of classes, the code's languages only; the rest as the sanitiser has it."""
    if attribute == "class":
        return " ".join(name for name in value.split() if name.startswith(_LANGUAGE)) or None
    if attribute == "style":
        return value or None
    return value
