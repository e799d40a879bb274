"""HTML to Markdown that renders to the same HTML.

Nothing is taken on trust: what was written is rendered and compared. What doesn't read back is written again with more
escapes, and what Markdown cannot say stays HTML. HTML that no Markdown renders to (an editor's `<div>`s) is first made
into the nearest that does.
"""

from collections.abc import Sequence

from integrations.mapping.html import markdown_to_html, publishable_html
from integrations.mapping.markdown.blocks import write_document
from integrations.mapping.markdown.escaping import Escaping
from integrations.mapping.markdown.runs import Run, split_runs
from integrations.mapping.markdown.tidying import tidied
from integrations.mapping.markdown.tree import Element, parse_html, serialise

_NEXT: dict[Escaping | None, Escaping | None] = {
    Escaping.SPARING: Escaping.CAREFUL,
    Escaping.CAREFUL: Escaping.EVERYTHING,
    Escaping.EVERYTHING: None,
}
_MARKDOWN_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "blockquote", "hr"})
_CHECKS_MAXIMUM = 1_000


def html_to_markdown(html: str) -> str:
    """Markdown for `html`: where `markdown_to_html` had made it, it gives exactly the same again.

    What isn't safe to publish is left out. Raises `RecordRejected` (`html_too_complex`) for HTML nested over 100 deep.
    """
    published = publishable_html(html)
    nodes = parse_html(published)
    runs = split_runs(nodes)
    if html != published or any(_is_run_together(run) for run in runs):
        runs = split_runs(tidied(nodes))
        published = _html(runs)
    markdown = _document(runs, [Escaping.SPARING] * len(runs))
    return markdown if markdown_to_html(markdown) == published else _document(runs, _escapings(runs))


def _is_run_together(run: Run) -> bool:
    """Whether several blocks stand on one line, which Markdown's never do."""
    blocks = [node for node in run if isinstance(node, Element) and node.name in _MARKDOWN_BLOCKS]
    return sum(block.name == "hr" or bool(block.children) for block in blocks) > 1


def _escapings(runs: Sequence[Run]) -> list[Escaping | None]:
    """How each run is as readable as it can be and still reads back: halves what doesn't until it is a single run, and
    then escapes more. After a thousand tries, which no honest document needs, the rest stays HTML."""
    escapings: list[Escaping | None] = [Escaping.SPARING] * len(runs)
    unchecked = [(0, len(runs))]
    for _ in range(_CHECKS_MAXIMUM):
        if not unchecked:
            return escapings
        start, end = unchecked.pop()
        if markdown_to_html(_document(runs[start:end], escapings[start:end])) == _html(runs[start:end]):
            continue
        if end - start > 1:
            middle = (start + end) // 2
            unchecked += [(start, middle), (middle, end)]
        else:
            escapings[start] = following = _NEXT[escapings[start]]
            unchecked += [(start, end)] if following is not None else []
    for start, end in unchecked:
        escapings[start:end] = [None] * (end - start)
    return escapings


def _document(runs: Sequence[Run], escapings: Sequence[Escaping | None]) -> str:
    text = write_document(runs, escapings)
    return text + "\n" if text else ""


def _html(runs: Sequence[Run]) -> str:
    text = "\n".join(serialise(run).strip("\n") for run in runs)
    return text + "\n" if text else ""
