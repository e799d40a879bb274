"""Which nodes stand apart from each other: the blocks of a document, a quote, or an item of a list."""

from collections.abc import Iterator, Sequence

from integrations.mapping.markdown.tree import BLOCKS, Element, Node, is_blank

Run = tuple[Node, ...]


def split_runs(nodes: Sequence[Node]) -> list[Run]:
    """The runs of `nodes` between line breaks: each one block, or what Markdown couldn't have written (text beside a
    block, a tag without paragraph) and has to stay together."""
    runs: list[Run] = []
    run: list[Node] = []
    for node in (*_with_breaks_apart(nodes), "\n"):
        if is_blank(node) and "\n" in str(node):
            if run:
                runs.append(tuple(run))
            run = []
        else:
            run.append(node)
    return runs


def _with_breaks_apart(nodes: Sequence[Node]) -> Iterator[Node]:
    """`nodes`, where text begins or ends with a line break beside a block with that by itself."""
    for index, node in enumerate(nodes):
        if not isinstance(node, str) or is_blank(node):
            yield node
            continue
        after_block = index > 0 and is_block(nodes[index - 1]) and node.startswith("\n")
        before_block = index + 1 < len(nodes) and is_block(nodes[index + 1]) and node.endswith("\n")
        yield from ("\n",) if after_block else ()
        yield node.removeprefix("\n" if after_block else "").removesuffix("\n" if before_block else "")
        yield from ("\n",) if before_block else ()


def block_of(run: Run) -> Element | None:
    """The run's block, if it is nothing else."""
    first = run[0]
    return first if len(run) == 1 and is_block(first) and isinstance(first, Element) else None


def is_block(node: Node) -> bool:
    """Whether the node is an element that stands on lines of its own."""
    return isinstance(node, Element) and node.name in BLOCKS
