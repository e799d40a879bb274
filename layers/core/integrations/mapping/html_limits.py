"""Refuses HTML that would take the sanitiser minutes, before the sanitiser sees it.

An HTML parser's work is not linear in its input: looking for an open element walks the stack of open elements, an
unclosed `<b id=1>` is opened again in every following block, attributes of a tag are compared with each other (HTML
Living Standard, 13.2.6 Tree construction). Some hundred kilobytes made for it keep a parser busy for minutes. What
people write stays far below these bounds.
"""

import re
from collections import Counter

from integrations.domain.errors import RecordRejected

HTML_DEPTH_MAXIMUM = 100
_HARMLESS_CHARACTERS = 10_000
_ATTRIBUTES_MAXIMUM = 200
_REOPENED_MAXIMUM = 1_000_000

_RAW_TEXT = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
_UNSURE = frozenset({"svg", "math", "template", "select", "frameset", "plaintext", "noscript"})
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_CLOSED_BY_THE_NEXT = frozenset({"p", "li", "dt", "dd", "td", "th", "tr", "thead", "tbody", "tfoot", "option"})

_ATTRIBUTE = r"""=?[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>"'][^\s>]*+)?)?"""
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_MARKUP = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    rf"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:[\s/]++|{_ATTRIBUTE})*+)"
    r"|<[!?/][^>]*+",
    re.DOTALL,
)


def refuse_hostile(html: str) -> None:
    """Raises `RecordRejected` (`html_too_complex`) for HTML nested over 100 deep, a tag of over 200 attributes, or
    unclosed formatting that would be repeated a million times. Takes time linear in the length."""
    if len(html) <= _HARMLESS_CHARACTERS:
        return
    bounds = _Bounds()
    position = 0
    while (markup := _MARKUP.search(html, position)) is not None:
        position = markup.end()
        name = (markup["name"] or "").lower()
        if name and markup["end"]:
            bounds.end(name)
        elif name:
            bounds.start(name, markup["attributes"])
            position = bounds.after_raw_text(html, name, position)
    if bounds.formatting_most * bounds.tags > _REOPENED_MAXIMUM:
        raise _too_complex("has formatting elements that are never closed")


class _Bounds:
    """Counts upwards where it isn't sure: an element counts as open until an end tag certainly closed it."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()
        self.depth = self.formatting = self.formatting_most = self.tags = 0
        self.sure = True

    def start(self, name: str, attributes: str) -> None:
        self.tags += 1
        self.sure = self.sure and name not in _UNSURE
        if len(attributes) > _ATTRIBUTES_MAXIMUM and len(_ONE_ATTRIBUTE.findall(attributes)) > _ATTRIBUTES_MAXIMUM:
            raise _too_complex(f"has a tag with more than {_ATTRIBUTES_MAXIMUM} attributes")
        if name in _VOID or name in _CLOSED_BY_THE_NEXT:
            return
        self.open[name] += 1
        self.depth += 1
        if name in _FORMATTING:
            self.formatting += 1
            self.formatting_most = max(self.formatting_most, self.formatting)
        if self.depth > HTML_DEPTH_MAXIMUM:
            raise _too_complex(f"is nested more than {HTML_DEPTH_MAXIMUM} elements deep")

    def end(self, name: str) -> None:
        self.tags += 1
        if self.sure and self.open[name]:
            self.open[name] -= 1
            self.depth -= 1
            self.formatting -= name in _FORMATTING

    def after_raw_text(self, html: str, name: str, position: int) -> int:
        """Where markup is markup again: the content of a `<script>` isn't, up to its end tag."""
        if not self.sure or name not in _RAW_TEXT:
            return position
        end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, position)
        return end.start() if end else len(html)


def _too_complex(why: str) -> RecordRejected:
    return RecordRejected(f"The HTML {why}; simplify it, no document needs that.", code="html_too_complex")
