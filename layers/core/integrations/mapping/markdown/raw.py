"""HTML in Markdown, for what Markdown cannot say (CommonMark 0.31, 4.6 HTML blocks)."""

import re
from collections.abc import Sequence

from integrations.mapping.markdown.tree import BLOCKS, Element, Node, serialise

_BLANK_LINE_NEXT = re.compile(r"\n(?=[ \t]*+\n)")
_TAG_ALONE = re.compile(r"</?[a-z][^>]*>$", re.MULTILINE)


def write_html(nodes: Sequence[Node]) -> str:
    """`nodes` as a block that a Markdown parser leaves alone. It ends at a blank line, so none is left in it."""
    html = serialise(nodes).strip("\n")
    first = nodes[0]
    if len(nodes) == 1 and isinstance(first, Element) and first.name == "pre":
        return html
    html = _BLANK_LINE_NEXT.sub("&#10;", html)
    if (isinstance(first, Element) and first.name in BLOCKS and first.name != "pre") or _TAG_ALONE.match(html):
        return html
    return "<!-- -->" + html.replace("\n", "&#10;")
