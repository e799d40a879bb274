"""Sanitised HTML as a tree, and back to exactly the same text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape

from integrations.domain.errors import RecordRejected

HTML_DEPTH_MAXIMUM = 100
VOID = frozenset({"area", "br", "col", "hr", "img", "wbr"})
BLANK = " \t\n\f\r"
BLOCKS = (
    frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "blockquote", "pre", "ul", "ol", "li", "dl", "dt", "dd"})
    | {"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"}
    | {"address", "article", "aside", "center", "details", "div", "figcaption", "figure", "footer", "header", "hgroup"}
    | {"nav", "section", "summary"}
)

_TOKEN = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<attributes>[^>]*)>|[^<]+|<")
_ATTRIBUTE = re.compile(r' ([^\s="]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Element:
    """An HTML element; attribute values and text are unescaped."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: "tuple[Node, ...]" = ()


Node = Element | str


def parse_html(html: str) -> tuple[Node, ...]:
    """The nodes of the sanitiser's output, which is balanced and escaped.

    Raises `RecordRejected` (`html_too_complex`) for more than 100 elements within each other.
    """
    stack: list[tuple[str, dict[str, str], list[Node]]] = [("", {}, [])]
    for token in _TOKEN.finditer(html):
        name = token["name"]
        if name is None:
            _add_text(stack[-1], unescape(token[0]))
        elif token["end"]:
            _close(stack, name)
        else:
            attributes = {key: unescape(value) for key, value in _ATTRIBUTE.findall(token["attributes"])}
            if name in VOID:
                stack[-1][2].append(Element(name, attributes))
            else:
                stack.append((name, attributes, []))
        if len(stack) > HTML_DEPTH_MAXIMUM + 1:
            message = f"The HTML is nested more than {HTML_DEPTH_MAXIMUM} elements deep; simplify it."
            raise RecordRejected(message, code="html_too_complex")
    while len(stack) > 1:
        _close(stack, stack[-1][0])
    return tuple(stack[0][2])


def _add_text(parent: tuple[str, dict[str, str], list[Node]], text: str) -> None:
    name, _, children = parent
    if name == "pre" and not children and text.startswith("\n"):
        text = text[1:]  # as every HTML parser does
    if text:
        children.append(text)


def _close(stack: list[tuple[str, dict[str, str], list[Node]]], name: str) -> None:
    """Ends the innermost element if it has that name; the sanitiser leaves no other end tags."""
    if len(stack) > 1 and stack[-1][0] == name:
        name, attributes, children = stack.pop()
        stack[-1][2].append(Element(name, attributes, tuple(children)))


def serialise(nodes: Iterable[Node]) -> str:
    """The HTML of `nodes`, escaped as the sanitiser does (HTML Living Standard, 13.3 Serializing HTML fragments)."""
    return "".join(escape_html(node) if isinstance(node, str) else _serialise_element(node) for node in nodes)


def _serialise_element(element: Element) -> str:
    if element.name in VOID:
        return open_tag(element)
    content = serialise(element.children)
    if element.name == "pre" and content.startswith("\n"):
        content = "\n" + content
    return f"{open_tag(element)}{content}</{element.name}>"


def open_tag(element: Element) -> str:
    """The element's start tag."""
    attributes = "".join(
        f' {name}="{escape_html(value).replace('"', "&quot;")}"' for name, value in element.attributes.items()
    )
    return f"<{element.name}{attributes}>"


def escape_html(text: str) -> str:
    """`text` as HTML."""
    return text.replace("&", "&amp;").replace("\u00a0", "&nbsp;").replace("<", "&lt;").replace(">", "&gt;")


def is_blank(node: Node) -> bool:
    """Whether the node is text that HTML takes for nothing but space; a no-break space is more."""
    return isinstance(node, str) and not node.strip(BLANK)


def text_of(nodes: Iterable[Node]) -> str:
    """The text within `nodes`, without markup."""
    return "".join(node if isinstance(node, str) else text_of(node.children) for node in nodes)
