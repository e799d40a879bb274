"""How faithfully Markdown survives being rendered, inverted and rendered again."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyromark

from integrations.mapping.html import markdown_to_html
from integrations.mapping.markdown import html_to_markdown

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Fidelity:
    """What became of `total` bodies: `failures` says for each that renders differently where it begins to; `html` names
    those that have more HTML blocks than their authors wrote."""

    total: int
    failures: Mapping[str, str]
    html: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of bodies whose HTML is the same to the byte."""
        return 1 - len(self.failures) / self.total

    def __str__(self) -> str:
        lines = [f"{self.total - len(self.failures)} of {self.total} bodies keep their HTML ({self.share:.2%})"]
        lines += [f"{name}: {reason}" for name, reason in self.failures.items()]
        lines += [f"{name}: has HTML in its Markdown that its author hadn't" for name in self.html]
        return "\n".join(lines)


def measure(bodies: Mapping[str, str]) -> Fidelity:
    """Renders, inverts and renders every body."""
    failures: dict[str, str] = {}
    with_html = []
    for name, body in bodies.items():
        html = markdown_to_html(body)
        inverted = html_to_markdown(html)
        again = markdown_to_html(inverted)
        if again != html:
            failures[name] = first_difference(html, again)
        if html_blocks(inverted) > html_blocks(body):
            with_html.append(name)
    return Fidelity(len(bodies), failures, tuple(with_html))


def first_difference(before: str, after: str) -> str:
    """The first changed lines, short enough for a list."""
    changes = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return " → ".join(line[:80] for line in list(changes)[3:5])


def html_blocks(markdown: str) -> int:
    """How many blocks of HTML `markdown` has."""
    events = pyromark.events(markdown, options=pyromark.Options.ENABLE_TABLES)
    return sum(event == {"Start": "HtmlBlock"} for event in events)


def bodies_in(folder: Path) -> dict[str, str]:
    """The Markdown files below `folder` by relative path, without their YAML front matter."""
    return {
        path.relative_to(folder).as_posix(): _FRONT_MATTER.sub("", path.read_text(encoding="utf-8"), count=1)
        for path in sorted(folder.rglob("*.md"))
    }
