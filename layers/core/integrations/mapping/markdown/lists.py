"""Lists: what their items hold, and how these are laid out (CommonMark 0.31, 5.2 List items, 5.3 Lists)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from integrations.mapping.markdown.runs import Run, block_of, is_block, split_runs
from integrations.mapping.markdown.tree import Element, Node, is_blank

_GREATEST_NUMBER = 999_999_999


@dataclass(frozen=True, slots=True)
class Item:
    """A list item: `lead` is text without a paragraph, as tight lists have it; `runs` are the blocks after it."""

    lead: Run
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class ListParts:
    """A list that Markdown can say. `first_number` is None for bullets."""

    items: tuple[Item, ...]
    first_number: int | None
    tight: bool


def list_parts(element: Element) -> ListParts | None:
    """The parts of a `<ul>` or `<ol>`; None if Markdown has no such list."""
    items = [child for child in element.children if not is_blank(child)]
    first_number = _first_number(element)
    if not items or first_number is False:
        return None
    parts = []
    for item in items:
        if isinstance(item, str) or item.name != "li" or item.attributes:
            return None
        parts.append(_item(item))
    tight = not any(_is_paragraph(run) for item in parts for run in item.runs)
    if not tight and any(item.lead for item in parts):
        return None
    return ListParts(tuple(parts), first_number if element.name == "ol" else None, tight)


def _first_number(element: Element) -> int | bool | None:
    if element.name == "ul":
        return None if not element.attributes else False
    start = element.attributes.get("start", "1")
    known = set(element.attributes) <= {"start"} and start.isascii() and start.isdigit()
    return int(start) if known and len(start) <= len(str(_GREATEST_NUMBER)) else False


def _item(element: Element) -> Item:
    length = next((index for index, child in enumerate(element.children) if is_block(child)), len(element.children))
    return Item(_trimmed(element.children[:length]), tuple(split_runs(element.children[length:])))


def _trimmed(nodes: Sequence[Node]) -> Run:
    """`nodes` without the line break that ends them."""
    *others, last = nodes or ("",)
    if isinstance(last, str):
        last = last.rstrip("\n")
    return tuple(node for node in (*others, last) if node != "")


def _is_paragraph(run: Run) -> bool:
    block = block_of(run)
    return block is not None and block.name == "p"


def layout_list(parts: ListParts, contents: Iterable[str], *, alternate: bool) -> str:
    """The list of the items' written `contents`. `alternate` tells it from a list of the same kind just before it."""
    lines = []
    for index, content in enumerate(contents):
        if parts.first_number is None:
            marker = "* " if alternate else "- "
        else:
            marker = f"{parts.first_number + index}{')' if alternate else '.'} "
        lines.append(indented(content, marker))
    return ("\n" if parts.tight else "\n\n").join(lines)


def indented(content: str, marker: str) -> str:
    """`content` with `marker` before its first line, and as much space before the others that aren't empty."""
    space = " " * len(marker)
    first, *others = content.split("\n")
    return "\n".join([(marker + first).rstrip(" "), *(space + line if line else "" for line in others)])
