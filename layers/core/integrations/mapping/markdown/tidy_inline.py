"""Text within a block as Markdown renders it: blanks as a reader sees them, emphasis where it can stand."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, groupby

from integrations.mapping.markdown.tree import BLANK, Element, Node, is_blank, text_of
from integrations.mapping.urls import encoded_url

_RENAMED = {"b": "strong", "i": "em", "s": "del", "strike": "del", "tt": "code"}
_WITHOUT_MEANING = frozenset({"span", "font", "bdi", "big"})
_EMPHASIS = frozenset({"em", "strong", "del"})
_ATTRIBUTE_ORDER = ("href", "src", "alt", "title")
_BLANKS = re.compile(r"[ \t\n\f\r]+")


def tidied_inline(nodes: Sequence[Node], *, one_line: bool = False) -> tuple[Node, ...]:
    """`nodes` with blanks collapsed and trimmed, line breaks at line ends; with `one_line` on a single line."""
    flat = _merged(_simplified(nodes, frozenset()))
    seen = [index for index, node in enumerate(flat) if not _is_edge(node)]
    flat = flat[seen[0] : seen[-1] + 1] if seen else []
    if not flat:
        return ()
    flat[0] = flat[0].lstrip(BLANK) if isinstance(flat[0], str) else flat[0]
    flat[-1] = flat[-1].rstrip(BLANK) if isinstance(flat[-1], str) else flat[-1]
    return tuple(_on_one_line(flat) if one_line else _with_line_ends(flat))


def _is_edge(node: Node) -> bool:
    return is_blank(node) or (isinstance(node, Element) and node.name == "br")


def _simplified(nodes: Iterable[Node], within: frozenset[str]) -> Iterable[Node]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        else:
            yield from _simplified_element(node, within)


def _simplified_element(element: Element, within: frozenset[str]) -> Iterable[Node]:
    name = _RENAMED.get(element.name, element.name)
    attributes = _ordered(element)
    if name == "img":
        if "src" in attributes:
            yield Element(name, attributes)
        return
    if name == "code" and not attributes and all(isinstance(child, str) for child in element.children):
        text = _BLANKS.sub(" ", text_of(element.children))
        yield from [text] if is_blank(text) else [Element(name, {}, (text,))]
        return
    children = _merged(_simplified(element.children, within | {name}))
    if name in _WITHOUT_MEANING or name in within & _EMPHASIS or (name == "a" and not attributes):
        yield from children
    elif name in _EMPHASIS or name == "a":
        yield from _with_blanks_outside(Element(name, attributes, tuple(children)))
    else:
        yield Element(name, attributes, tuple(children))


def _ordered(element: Element) -> dict[str, str]:
    """The attributes, in the order and with the encoding that Markdown's links and images have."""
    attributes = dict(element.attributes)
    for name in ("href", "src"):
        if name in attributes:
            attributes[name] = encoded_url(attributes[name])
    if element.name == "img":
        attributes.setdefault("alt", "")
        attributes["alt"] = _BLANKS.sub(" ", attributes["alt"])
    known = {name: attributes.pop(name) for name in _ATTRIBUTE_ORDER if name in attributes}
    return known | attributes


def _with_blanks_outside(element: Element) -> Iterable[Node]:
    """Emphasis and links begin and end with something to be seen."""
    children = list(element.children)
    before = after = ""
    if children and isinstance(children[0], str):
        stripped = children[0].lstrip(BLANK)
        before, children[0] = children[0][: len(children[0]) - len(stripped)], stripped
    if children and isinstance(children[-1], str):
        stripped = children[-1].rstrip(BLANK)
        after, children[-1] = children[-1][len(stripped) :], stripped
    children = [child for child in children if child != ""]
    yield before
    if children:
        yield replace(element, children=tuple(children))
    yield after


def _merged(nodes: Iterable[Node]) -> list[Node]:
    """`nodes` with neighbouring texts as one, blanks collapsed, and neighbours of equal emphasis as one."""
    merged: list[Node] = []
    for kind, group in groupby((node for node in nodes if node != ""), _kind):
        neighbours = list(group)
        if kind == "text":
            merged.append(_collapsed("".join(map(str, neighbours))))
        elif kind and len(neighbours) > 1:
            together = chain.from_iterable(node.children for node in neighbours if isinstance(node, Element))
            merged.append(Element(kind, {}, tuple(_merged(together))))
        else:
            merged += neighbours
    return merged


def _kind(node: Node) -> str:
    if isinstance(node, str):
        return "text"
    return node.name if node.name in _EMPHASIS and not node.attributes else ""


def _collapsed(text: str) -> str:
    return _BLANKS.sub(lambda blanks: "\n" if "\n" in blanks[0] else " ", text)


def _with_line_ends(nodes: Sequence[Node]) -> Iterable[Node]:
    """A line break at the end of its line."""
    follows_break = False
    for index, node in enumerate(nodes):
        if isinstance(node, str):
            text = node.lstrip(BLANK) if follows_break else node
            following = nodes[index + 1] if index + 1 < len(nodes) else None
            text = text.rstrip(BLANK) if isinstance(following, Element) and following.name == "br" else text
            yield from [text] if text else []
        elif node.name == "br":
            yield from (node, "\n")
        else:
            yield node if node.name == "code" else replace(node, children=tuple(_with_line_ends(node.children)))
        follows_break = isinstance(node, Element) and node.name == "br"


def _on_one_line(nodes: Iterable[Node]) -> Iterable[Node]:
    for node in nodes:
        if isinstance(node, str):
            yield node.replace("\n", " ")
        else:
            yield replace(node, children=tuple(_on_one_line(node.children)))
