"""Makes HTML into the nearest that Markdown renders to: what an editor writes into what a writer meant.

Blocks stand on their own lines; bare text becomes paragraphs; elements that say nothing (`<div>`, `<span>`) go, their
content stays; `<b>` is `<strong>`. What has no Markdown (a table with spans, a definition list) is left as it is.
"""

from collections.abc import Iterable, Sequence

from integrations.mapping.markdown.runs import is_block
from integrations.mapping.markdown.tidy_inline import tidied_inline
from integrations.mapping.markdown.tidy_tables import tidied_table
from integrations.mapping.markdown.tree import Element, Node, text_of

_TRANSPARENT = frozenset({"div", "center", "section", "article", "header", "footer", "hgroup", "nav", "li", "address"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FRAMES = _TRANSPARENT | {"aside", "blockquote", "details"}
_BARE = ""
"""The name of a paragraph that the HTML hadn't, only its text: lists tell the two apart."""


def tidied(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """`nodes` as blocks with a line break after each."""
    return tuple(_framed(_with_paragraphs(_blocks(nodes))))[1:]


def _framed(blocks: Iterable[Element]) -> Iterable[Node]:
    yield "\n"
    for block in blocks:
        yield block
        yield "\n"


def _with_paragraphs(blocks: Iterable[Element]) -> list[Element]:
    return [Element("p", {}, block.children) if block.name == _BARE else block for block in blocks]


def _blocks(nodes: Sequence[Node]) -> list[Element]:
    """The blocks of `nodes`, their content tidied; text between them in blocks without a name."""
    blocks: list[Element] = []
    line: list[Node] = []
    for node in (*nodes, Element("hr")):
        if not isinstance(node, str) and _holds_block(node):
            text = tidied_inline(line)
            if text:
                blocks.append(Element(_BARE, {}, text))
            line = []
            blocks += _tidied_block(node)
        else:
            line.append(node)
    return blocks[:-1]


def _holds_block(element: Element) -> bool:
    return is_block(element) or any(not isinstance(child, str) and _holds_block(child) for child in element.children)


def _tidied_block(block: Element) -> list[Element]:
    if not is_block(block):
        within = _blocks(block.children)
        return [_within_link(block, part) for part in within] if block.name == "a" else within
    if block.name == "p" or block.name in _HEADINGS:
        text = tidied_inline(block.children, one_line=block.name in _HEADINGS)
        return [Element(block.name, block.attributes, text)] if text else []
    if block.name in _TRANSPARENT and not block.attributes:
        return _blocks(block.children)
    if block.name in ("ul", "ol"):
        return _tidied_list(block)
    if block.name == "pre":
        return [_tidied_code(block)]
    if block.name == "table":
        return [tidied_table(block) or block]
    if block.name in _FRAMES:
        return [Element(block.name, block.attributes, tuple(_framed(_with_paragraphs(_blocks(block.children)))))]
    return [block]


def _within_link(link: Element, block: Element) -> Element:
    """A link around blocks as a link within them, where they hold text."""
    if block.name != _BARE and block.name != "p" and block.name not in _HEADINGS:
        return block
    return Element(block.name, block.attributes, tidied_inline([Element("a", link.attributes, block.children)]))


def _tidied_code(block: Element) -> Element:
    """Preformatted text is code, without what highlights it."""
    code = next((child for child in block.children if isinstance(child, Element) and child.name == "code"), block)
    text = text_of(_with_line_breaks(block.children))
    if text and not text.endswith("\n"):
        text += "\n"
    children = (text,) if text else ()
    return Element("pre", {}, (Element("code", code.attributes if code is not block else {}, children),))


def _with_line_breaks(nodes: Iterable[Node]) -> Iterable[Node]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        else:
            yield "\n" if node.name == "br" else Element(node.name, {}, tuple(_with_line_breaks(node.children)))


def _tidied_list(block: Element) -> list[Element]:
    items = _items(block)
    if not items:
        return []
    if len(items) == 1 and [part.name for part in items[0]] == ["p"]:
        items = [[Element(_BARE, {}, items[0][0].children)]]  # alone, Markdown cannot say it as a paragraph
    if not all(_fits_tight_list(item) for item in items):
        items = [_with_paragraphs(item) for item in items]
    attributes = {name: value for name, value in block.attributes.items() if block.name == "ol" and name == "start"}
    return [Element(block.name, attributes, tuple(_framed(Element("li", {}, _item_content(item)) for item in items)))]


def _items(block: Element) -> list[list[Element]]:
    """The blocks of the list's items. A list in a list is meant to be in the item before it; text is an item."""
    items: list[list[Element]] = []
    for child in block.children:
        if isinstance(child, Element) and child.name == "li":
            items.append(_blocks(child.children))
        elif isinstance(child, Element) and child.name in ("ul", "ol") and items:
            items[-1] += _tidied_list(child)
        elif blocks := _blocks([child]):
            items.append(blocks)
    return items


def _fits_tight_list(item: Sequence[Element]) -> bool:
    """Whether the item's text can do without a paragraph: nothing comes before it, and nothing after it that could be
    read as its continuation."""
    lead, rest = (item[0].name == _BARE, item[1:]) if item else (False, [])
    return all(part.name not in (_BARE, "p", "table") for part in (rest if lead else item)) and not (
        lead and any(part.attributes.get("start", "1") != "1" for part in rest)
    )


def _item_content(item: Sequence[Element]) -> tuple[Node, ...]:
    if item and item[0].name == _BARE:
        return (*item[0].children, *(_framed(item[1:]) if item[1:] else ()))
    return tuple(_framed(item)) if item else ()
