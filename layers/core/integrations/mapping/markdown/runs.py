"""Which nodes stand apart from each other: the blocks of a document, a quote, or an item of a list."""

from collections.abc import Sequence

from integrations.mapping.markdown.tree import BLOCKS, Element, Node

Run = tuple[Node, ...]


def split_runs(nodes: Sequence[Node]) -> list[Run]:
    """The runs of `nodes` between line breaks: each one block, or what Markdown couldn't have written (text beside a
    block, a tag without paragraph) and has to stay together."""
    runs: list[Run] = []
    run: list[Node] = []
    for node in (*nodes, "\n"):
        if isinstance(node, str) and node.isspace() and "\n" in node:
            if run:
                runs.append(tuple(run))
            run = []
        else:
            run.append(node)
    return runs


def block_of(run: Run) -> Element | None:
    """The run's block, if it is nothing else."""
    first = run[0]
    return first if len(run) == 1 and is_block(first) and isinstance(first, Element) else None


def is_block(node: Node) -> bool:
    """Whether the node is an element that stands on lines of its own."""
    return isinstance(node, Element) and node.name in BLOCKS
