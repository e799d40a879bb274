"""Paragraphs, headings, quotes, lists, code, tables and rules as Markdown; whatever else as the HTML that it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from integrations.mapping.markdown.escaping import Escaping, escape_line_starts
from integrations.mapping.markdown.inline import Inline, write_inline
from integrations.mapping.markdown.lists import Item, layout_list, list_parts
from integrations.mapping.markdown.raw import write_html
from integrations.mapping.markdown.runs import Run, block_of, split_runs
from integrations.mapping.markdown.tables import write_table
from integrations.mapping.markdown.tree import Element, Node, open_tag

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_CONTAINERS = frozenset(
    {"details", "div", "section", "article", "aside", "header", "footer", "nav", "figure", "center"}
)
_CLOSING_HASHES = re.compile(r"(?:^|(?<=[ \t]))(?=#+\Z)")
_LANGUAGE = "language-"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands: within a list, a tight one, or just after a list of the same kind."""

    escaping: Escaping = Escaping.SPARING
    in_list: bool = False
    in_tight_list: bool = False
    alternate: bool = False


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    is_html: bool = False


def write_document(runs: Sequence[Run], escapings: Sequence[Escaping | None]) -> str:
    """The Markdown of a document's `runs`, each escaped as said, or with None left as HTML."""
    return _join(_write_runs(runs, escapings, Place()))


def _write_within(nodes: Sequence[Node], place: Place) -> str:
    runs = split_runs(nodes)
    return _join(_write_runs(runs, [place.escaping] * len(runs), place))


def _write_runs(runs: Sequence[Run], escapings: Sequence[Escaping | None], place: Place) -> list[_Block]:
    written: list[_Block] = []
    previous, alternate = "", False
    for run, escaping in zip(runs, escapings, strict=True):
        block = block_of(run)
        name = block.name if block is not None and escaping is not None else ""
        alternate = name in ("ul", "ol") and name == previous and not alternate
        previous = name
        text = None
        if block is not None and escaping is not None:
            text = _write_block(block, replace(place, escaping=escaping, alternate=alternate))
        written.append(_Block(write_html(run), is_html=True) if text is None else _Block(text))
    return written


def _join(blocks: Sequence[_Block]) -> str:
    """Blocks a blank line apart; pieces of HTML, which need none, a line."""
    pieces: list[str] = []
    for previous, block in pairwise((_Block(""), *blocks)):
        together = previous.is_html and block.is_html and "\n\n" not in block.text
        pieces += ["\n" if together else "\n\n", block.text]
    return "".join(pieces[1:])


def _write_block(block: Element, place: Place) -> str | None:
    """The block's Markdown, or None if there is none."""
    if block.name in ("ul", "ol"):
        return _list(block, place)
    if block.name == "table":
        return write_table(block, Inline(place.escaping, in_table=True))
    if block.name in _CONTAINERS:
        return _container(block, place)
    if block.attributes:
        return None
    if block.name == "p":
        return _paragraph(block.children, place)
    if block.name in _HEADINGS:
        return _heading(block, place)
    if block.name == "blockquote":
        return _quoted(_write_within(block.children, Place(place.escaping)))
    if block.name == "pre":
        return _code(block)
    return ("***" if place.in_list else "---") if block.name == "hr" else None


def _quoted(content: str) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in content.split("\n"))


def _paragraph(nodes: Sequence[Node], place: Place) -> str | None:
    text = write_inline(nodes, Inline(place.escaping))
    return escape_line_starts(text) if text.strip() and "\n\n" not in text else None


def _heading(block: Element, place: Place) -> str | None:
    text = write_inline(block.children, Inline(place.escaping))
    level = _HEADINGS[block.name]
    if "\n" not in text:
        return f"{'#' * level} {_CLOSING_HASHES.sub('\\\\', text)}".rstrip(" ")
    return f"{escape_line_starts(text)}\n{'===' if level == 1 else '---'}" if level <= 2 else None


def _code(block: Element) -> str | None:
    code = block.children[0] if len(block.children) == 1 else None
    if not isinstance(code, Element) or code.name != "code" or not set(code.attributes) <= {"class"}:
        return None
    if not all(isinstance(child, str) for child in code.children):
        return None
    text = "".join(map(str, code.children))
    language = code.attributes.get("class", "")
    if (text and not text.endswith("\n")) or (language and not language.startswith(_LANGUAGE)) or "\r" in text:
        return None
    language = re.sub(r"[\\&]", r"\\\g<0>", language.removeprefix(_LANGUAGE))
    character = "~" if "`" in language else "`"
    longest = max((len(run) for run in re.findall(rf"^ *({character}+)", text, re.MULTILINE)), default=0)
    fence = character * max(3, longest + 1)
    return f"{fence}{language}\n{text}{fence}"


def _list(block: Element, place: Place) -> str | None:
    parts = list_parts(block)
    if parts is None:
        return None
    within = Place(place.escaping, in_list=True, in_tight_list=parts.tight)
    return layout_list(parts, [_item(item, within) for item in parts.items], alternate=place.alternate)


def _item(item: Item, place: Place) -> str:
    blocks = _write_runs(item.runs, [place.escaping] * len(item.runs), place)
    if item.lead:
        blocks.insert(0, _Block(_paragraph(item.lead, place) or write_html(item.lead)))
    return "\n".join(block.text for block in blocks) if place.in_tight_list else _join(blocks)


def _container(block: Element, place: Place) -> str | None:
    """An element that Markdown doesn't know, around blocks that it does; in a tight list there is no room for that."""
    children = block.children
    framed = len(children) > 1 and children[0] == children[-1] == "\n"
    runs = split_runs(children)
    if not framed or place.in_tight_list or any(block_of(run) is None for run in runs):
        return None
    content = _write_runs(runs, [place.escaping] * len(runs), Place(place.escaping))
    return _join([_Block(open_tag(block), is_html=True), *content, _Block(f"</{block.name}>", is_html=True)])
