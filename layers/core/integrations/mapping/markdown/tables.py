"""Tables with a header, and cells that are a line each (GitHub Flavored Markdown, 4.10 Tables)."""

from collections.abc import Sequence

from integrations.mapping.markdown.inline import Inline, write_inline
from integrations.mapping.markdown.tree import Element, is_blank

_RULES = {None: "---", "text-align:left": ":--", "text-align:center": ":-:", "text-align:right": "--:"}


def write_table(table: Element, place: Inline) -> str | None:
    """The table in Markdown; None if it has what such tables cannot have: no header, spans, line breaks."""
    rows = _rows(table)
    if not rows or not rows[0]:
        return None
    columns = [cell.attributes.get("style") for cell in rows[0]]
    lines = []
    for row in rows:
        cells = [write_inline(cell.children, place) for cell in row]
        if [dict(cell.attributes) for cell in row] != [{"style": style} if style else {} for style in columns]:
            return None
        if any("\n" in cell for cell in cells):
            return None
        lines.append("".join(f"| {cell} " if cell else "| " for cell in cells) + "|")
    if not all(style in _RULES for style in columns):
        return None
    lines.insert(1, f"| {' | '.join(_RULES[style] for style in columns)} |")
    return "\n".join(lines)


def _rows(table: Element) -> list[list[Element]]:
    """The rows' cells, the header's first; none if the table isn't a header row and a body."""
    sections = _elements(table, ("thead", "tbody"))
    if not sections or [section.name for section in sections] != ["thead", "tbody"] or table.attributes:
        return []
    head, body = (_elements(section, ("tr",)) for section in sections)
    if head is None or body is None or len(head) != 1:
        return []
    rows = [_elements(head[0], ("th",)), *(_elements(row, ("td",)) for row in body)]
    return [] if None in rows else [row for row in rows if row is not None]


def _elements(parent: Element, names: Sequence[str]) -> list[Element] | None:
    """The children, blanks left out; None if there is anything else than elements of these `names`."""
    children = [child for child in parent.children if not is_blank(child)]
    elements = [child for child in children if isinstance(child, Element) and child.name in names]
    return elements if len(elements) == len(children) else None
