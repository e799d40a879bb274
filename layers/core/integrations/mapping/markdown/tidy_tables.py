"""Tables as Markdown renders them, where they are tables that it knows: a header, rows as long, no spans."""

from collections.abc import Iterable, Sequence

from integrations.mapping.markdown.runs import is_block
from integrations.mapping.markdown.tidy_inline import tidied_inline
from integrations.mapping.markdown.tree import Element, Node, is_blank

_ALIGNMENTS = frozenset({"left", "center", "right"})
_ALIGN_STYLE = "text-align:"


def tidied_table(table: Element) -> Element | None:
    """The table as Markdown renders it, or None if it has no such table."""
    rows = _rows(table)
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        return None
    if any(cell.name != ("td" if number else "th") for number, row in enumerate(rows) for cell in row):
        return None
    alignments = [_alignment(column) for column in zip(*rows, strict=True)]
    contents = [[_content(cell) for cell in row] for row in rows]
    if None in alignments or any(None in row for row in contents):
        return None
    head, *body = [
        Element(
            "tr",
            {},
            tuple(_cell("td" if number else "th", text, style) for text, style in zip(row, alignments, strict=True)),
        )
        for number, row in enumerate(contents)
    ]
    lines = (node for row in body for node in (row, "\n"))
    return Element("table", {}, (Element("thead", {}, (head,)), Element("tbody", {}, ("\n", *lines))))


def _rows(table: Element) -> list[list[Element]]:
    """The cells of every row, none if there is anything else in the table (a caption, text, other attributes)."""
    rows: list[list[Element]] = []
    for part in _elements(table):
        parts = [part] if part.name == "tr" else _elements(part)
        if part.name not in ("tr", "thead", "tbody", "tfoot") or any(row.name != "tr" for row in parts):
            return []
        rows += [_elements(row) for row in parts]
    return rows


def _elements(parent: Element) -> list[Element]:
    """The child elements; the HTML parser has put text that stands between rows and cells outside the table."""
    return [child for child in parent.children if isinstance(child, Element)]


def _alignment(cells: Sequence[Element]) -> str | None:
    """The style of a column's cells, "" for none; None if they differ or have other attributes."""
    found = set()
    for cell in cells:
        attributes = dict(cell.attributes)
        style, align = attributes.pop("style", ""), attributes.pop("align", "")
        alignment = style.removeprefix(_ALIGN_STYLE) or align.lower()
        if attributes or (alignment and alignment not in _ALIGNMENTS):
            return None
        found.add(alignment)
    found.discard("")
    if len(found) > 1:
        return None
    return f"{_ALIGN_STYLE}{found.pop()}" if found else ""


def _content(cell: Element) -> tuple[Node, ...] | None:
    """What the cell says on one line; None if it holds blocks other than a paragraph."""
    children: Sequence[Node] = [child for child in cell.children if not is_blank(child)]
    only = children[0] if len(children) == 1 else None
    if isinstance(only, Element) and only.name in ("p", "div") and not only.attributes:
        return _content(only)
    if any(is_block(child) for child in children):
        return None
    return tidied_inline(cell.children, one_line=True)


def _cell(name: str, content: Iterable[Node] | None, style: str | None) -> Element:
    return Element(name, {"style": style} if style else {}, tuple(content or ()))
