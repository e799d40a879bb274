"""Refuses HTML that would take the sanitiser minutes, before the sanitiser sees it.

An HTML parser's work is not linear in its input: looking for an open element walks the stack of open elements, an
unclosed `<b id=1>` is opened again in every following block, attributes of a tag are compared with each other (HTML
Living Standard, 13.2.6 Tree construction); and html5ever's serialiser copies the rest of a text for every `&` in it.
Some hundred kilobytes made for it keep a parser busy for minutes. What people write stays far below these bounds,
which keep it to a few seconds.
"""

import re
from collections import Counter

from integrations.domain.errors import RecordRejected

_HARMLESS_CHARACTERS = 10_000
_ATTRIBUTES_MAXIMUM = 200
_WALKED_MAXIMUM = 200_000_000
_REOPENED_MAXIMUM = 1_000_000
_COPIED_MAXIMUM = 200_000_000_000

_RAW_TEXT = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
_UNSURE = frozenset({"svg", "math", "template", "select", "frameset", "plaintext", "noscript"})
_SCOPES = frozenset({"table", "object", "applet", "marquee", "button"})
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
_NEVER_WITHIN_ITSELF = (
    frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
    | {"p", "li", "dt", "dd", "td", "th", "tr", "thead", "tbody", "tfoot", "caption", "colgroup", "option"}
)  # fmt: skip

_ATTRIBUTE = r"""=?[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>"'][^\s>]*+)?)?"""
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_MARKUP = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    rf"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:[\s/]++|{_ATTRIBUTE})*+)"
    r"|<[!?/][^>]*+",
    re.DOTALL,
)


def refuse_hostile(html: str) -> None:
    """Raises `RecordRejected` (`html_too_complex`) for elements nested thousands deep, a tag of over 200 attributes,
    formatting that is never closed and would be repeated a million times, or text of nothing but ampersands.

    Takes time linear in the length.
    """
    if len(html) <= _HARMLESS_CHARACTERS:
        return
    bounds = _Bounds()
    position = 0
    while (markup := _MARKUP.search(html, position)) is not None:
        _refuse_copying(html, position, markup.start())
        position = markup.end()
        name = (markup["name"] or "").lower()
        if name and markup["end"]:
            bounds.end(name)
        elif name:
            bounds.start(name, markup["attributes"])
            position = bounds.after_raw_text(html, name, position)
    _refuse_copying(html, position, len(html))
    bounds.check()


def _refuse_copying(html: str, start: int, end: int) -> None:
    """Bounds what is copied for a text without markup: its length for each character that has to be escaped."""
    length = end - start
    if length * length > _COPIED_MAXIMUM:
        escaped = html.count("&", start, end) + html.count("\u00a0", start, end)
        if length * escaped > _COPIED_MAXIMUM:
            raise _too_complex(f"has a text of {length} characters of which {escaped} have to be escaped")


class _Bounds:
    """Counts upwards where it isn't sure: an element counts as open until an end tag certainly closed it."""

    def __init__(self) -> None:
        self._scopes: list[tuple[str, Counter[str]]] = [("", Counter())]
        self._sure = True
        self._depth = self._depth_most = self._formatting = self._formatting_most = self._tags = 0

    def start(self, name: str, attributes: str) -> None:
        self._tags += 1
        self._sure = self._sure and name not in _UNSURE
        if len(attributes) > _ATTRIBUTES_MAXIMUM and len(_ONE_ATTRIBUTE.findall(attributes)) > _ATTRIBUTES_MAXIMUM:
            raise _too_complex(f"has a tag with more than {_ATTRIBUTES_MAXIMUM} attributes")
        if name in _NEVER_WITHIN_ITSELF:
            return
        self._count(name, 1)
        if name in _SCOPES:
            self._scopes.append((name, Counter()))

    def end(self, name: str) -> None:
        """An end tag closes nothing outside of the table (or object …) that it is in."""
        self._tags += 1
        if self._sure and len(self._scopes) > 1 and self._scopes[-1][0] == name:
            self._scopes.pop()
        if self._sure and self._scopes[-1][1][name]:
            self._count(name, -1)

    def _count(self, name: str, change: int) -> None:
        self._scopes[-1][1][name] += change
        self._depth += change
        self._depth_most = max(self._depth_most, self._depth)
        if name in _FORMATTING:
            self._formatting += change
            self._formatting_most = max(self._formatting_most, self._formatting)

    def after_raw_text(self, html: str, name: str, position: int) -> int:
        """Where markup is markup again: the content of a `<script>` isn't, up to its end tag."""
        if not self._sure or name not in _RAW_TEXT:
            return position
        end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, position)
        return end.start() if end else len(html)

    def check(self) -> None:
        if self._depth_most * self._tags > _WALKED_MAXIMUM:
            raise _too_complex(f"is up to {self._depth_most} elements deep, with {self._tags} tags")
        if self._formatting_most * self._tags > _REOPENED_MAXIMUM:
            raise _too_complex(f"leaves up to {self._formatting_most} formatting elements open, with {self._tags} tags")


def _too_complex(why: str) -> RecordRejected:
    return RecordRejected(f"The HTML {why}; close what is open, and split what is long.", code="html_too_complex")
