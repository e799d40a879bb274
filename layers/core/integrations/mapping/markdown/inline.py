"""Text, emphasis, code, links and images as Markdown; whatever else as the HTML that it is."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from integrations.mapping.markdown.escaping import Escaping, escape_text
from integrations.mapping.markdown.tree import VOID, Element, Node, escape_html, open_tag
from integrations.mapping.urls import encoded_url

_DELIMITERS = {"em": ("*", "_"), "strong": ("**", "__"), "del": ("~~",)}
_FIRST_CHARACTERS = {"em": "*", "strong": "*", "del": "~", "code": "`", "a": "[", "img": "!", "br": "\\"}
_EMPHASIS_DEPTH_MAXIMUM = 3  # each level is written up to three times over, to see which delimiter can stand
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*\Z")
_MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\Z")
_REFERENCE = re.compile(r"&(?=#|[A-Za-z][A-Za-z0-9]*;)")


@dataclass(frozen=True, slots=True)
class Inline:
    """Where inline content stands: in a link's brackets, in a table's cell, and between which characters; at the edges
    of a block these are blanks."""

    escaping: Escaping
    in_brackets: bool = False
    in_table: bool = False
    before: str = " "
    after: str = " "
    emphasis_depth: int = 0

    def between(self, before: str, after: str, *, in_brackets: bool = False, in_emphasis: bool = False) -> "Inline":
        """The same place, between these characters."""
        in_brackets, depth = self.in_brackets or in_brackets, self.emphasis_depth + in_emphasis
        return Inline(self.escaping, in_brackets, self.in_table, before, after, depth)


def write_inline(nodes: Sequence[Node], place: Inline) -> str:
    """The Markdown of `nodes`; a soft line break stays one."""
    written = ""
    pieces: list[str] = []
    for index, node in enumerate(nodes):
        before = written[-1:] or place.before
        after = _first_character(nodes[index + 1]) if index + 1 < len(nodes) else place.after
        written = _write_node(node, place.between(before, after))
        pieces.append(written)
    return "".join(pieces)


def _first_character(node: Node) -> str:
    return node[:1] if isinstance(node, str) else _FIRST_CHARACTERS.get(node.name, "<")


def _write_node(node: Node, place: Inline) -> str:
    if isinstance(node, str):
        text = escape_text(node, place.escaping, in_brackets=place.in_brackets, in_table=place.in_table)
        return f"{text[:-1]}\\!" if text.endswith("!") and place.after == "[" else text
    if node.name in _DELIMITERS:
        written = _emphasis(node, place)
    elif node.name == "code":
        written = _code(node, place)
    elif node.name == "a":
        written = _link(node, place)
    elif node.name == "img":
        written = _image(node, place)
    elif node.name == "br":
        written = "\\" if place.after == "\n" and not place.in_table and not node.attributes else None
    else:
        written = None
    return _as_html(node, place) if written is None else written


def _as_html(element: Element, place: Inline) -> str:
    """The element's tags as they are, with Markdown between them."""
    tag = open_tag(element)
    if place.in_table:
        tag = tag.replace("|", "&#124;")
    if element.name in VOID:
        return tag
    if element.name == "code" and place.in_table:
        content = escape_html("".join(map(str, element.children))).replace("|", "&#124;").replace("\\", "&#92;")
        if all(isinstance(child, str) for child in element.children):
            return f"{tag}{content}</code>"
    within = place.between(">", "<", in_emphasis=element.name in _DELIMITERS)
    return f"{tag}{write_inline(element.children, within)}</{element.name}>"


def _emphasis(element: Element, place: Inline) -> str | None:
    if element.attributes or place.emphasis_depth >= _EMPHASIS_DEPTH_MAXIMUM:
        return None
    for delimiter in _DELIMITERS[element.name]:
        within = place.between(delimiter[0], delimiter[0], in_emphasis=True)
        content = write_inline(element.children, within)
        if _delimits(delimiter[0], content, place):
            return f"{delimiter}{content}{delimiter}"
    return None


def _delimits(character: str, content: str, place: Inline) -> bool:
    """Whether `character` opens before and closes after `content` (CommonMark 0.31, 6.2 Emphasis), for sure."""
    if not content or character in (place.before, place.after, content[0], content[-1]):
        return False
    if content[0].isspace() or content[-1].isspace():
        return False
    if character == "_":
        return _is_boundary(place.before) and _is_boundary(place.after)
    opens = not _is_punctuation(content[0]) or _is_boundary(place.before)
    return opens and (not _is_punctuation(content[-1]) or _is_boundary(place.after))


def _is_boundary(character: str) -> bool:
    return character.isspace() or _is_punctuation(character)


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _code(element: Element, place: Inline) -> str | None:
    text = element.children[0] if len(element.children) == 1 else None
    if element.attributes or not isinstance(text, str) or "\n" in text or "\r" in text:
        return None
    if place.in_table:
        if "|" in text and (place.escaping or "\\|" in text):
            return None
        text = text.replace("|", "\\|")
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" or (text[0] == text[-1] == " " and text.strip(" ")) else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _link(element: Element, place: Inline) -> str | None:
    attributes = dict(element.attributes)
    href, title = attributes.pop("href", None), attributes.pop("title", None)
    if attributes or href is None or place.in_brackets or href != encoded_url(href):
        return None
    text = element.children[0] if len(element.children) == 1 else None
    if isinstance(text, str) and title is None and _is_autolink(text, href):
        return f"<{text}>"
    content = write_inline(element.children, place.between("[", "]", in_brackets=True))
    return f"[{content}]({_destination(href, title, place)})"


def _is_autolink(text: str, href: str) -> bool:
    if "|" in text or "\\" in text:
        return False
    is_uri = _URI.match(text) is not None and encoded_url(text) == href
    return is_uri or (href == f"mailto:{text}" and _MAIL.match(text) is not None)


def _image(element: Element, place: Inline) -> str | None:
    attributes = dict(element.attributes)
    if list(attributes) not in (["src", "alt"], ["src", "alt", "title"]) or "\n" in attributes["alt"]:
        return None
    if attributes["src"] != encoded_url(attributes["src"]):
        return None
    alt = escape_text(attributes["alt"], place.escaping, in_brackets=True, in_table=place.in_table)
    return f"![{alt}]({_destination(attributes['src'], attributes.get('title'), place)})"


def _destination(url: str, title: str | None, place: Inline) -> str:
    destination = _REFERENCE.sub("&amp;", url)
    if "(" in url or ")" in url or (title is not None and not url):
        destination = f"<{destination}>"
    if title is None:
        return destination
    quoted = _REFERENCE.sub("&amp;", re.sub(r'["\\]', r"\\\g<0>", title))
    return f'{destination} "{quoted.replace("|", "\\|") if place.in_table else quoted}"'
