"""Markdown documents to sync: a folder of real ones, or as many generated ones of about the same size."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

DOCUMENTS = 992
SEED = 20_261_123
WORDS = (
    *("content", "template", "page", "site", "render", "build", "project", "module", "config", "field", "value"),
    *("table", "list", "code", "block", "image", "asset", "menu", "taxonomy", "section", "shortcode", "partial"),
    *("resource", "function", "method", "variable", "deploy", "host", "theme", "layout"),
)


def generate(folder: Path, count: int = DOCUMENTS) -> None:
    """Writes `count` Markdown files with front matter: most are short, some long, one very long."""
    chance = random.Random(SEED)
    for number in range(count):
        path = folder / f"section-{number % 17:02d}" / f"page-{number:04d}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        blocks = 60 if number == 0 else chance.choice((2, 3, 4, 6, 9, 14))
        path.write_text(_document(chance, number, blocks), encoding="utf-8")


def _document(chance: random.Random, number: int, blocks: int) -> str:
    title = f"{' '.join(chance.choices(WORDS, k=3)).title()} {number}"
    body = "\n\n".join(chance.choice(BLOCKS)(chance) for _ in range(blocks))
    front = f'title: "{title}"\ndescription: {_sentence(chance)}\ndate: 2026-01-{number % 28 + 1:02d}\nweight: {number}'
    return f"---\n{front}\n---\n\n{body}\n"


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(6, 14))).capitalize() + "."


def _paragraph(chance: random.Random) -> str:
    marked = [f"*{_sentence(chance)}*", f"**{chance.choice(WORDS)}**", f"`{chance.choice(WORDS)}()`", _link(chance)]
    return " ".join([_sentence(chance), chance.choice(marked), _sentence(chance), _sentence(chance)])


def _link(chance: random.Random) -> str:
    word = chance.choice(WORDS)
    return f"[{word}](https://example.com/{word}/?a=1&b=2)"


def _heading(chance: random.Random) -> str:
    return f"{'#' * chance.randint(2, 4)} {' '.join(chance.choices(WORDS, k=3))}"


def _code(chance: random.Random) -> str:
    lines = "\n".join(f"{{{{ .{word.title()} | safeHTML }}}} <{word}>" for word in chance.choices(WORDS, k=4))
    return f"```{chance.choice(('go-html-template', 'yaml', 'sh'))}\n{lines}\n```"


def _table(chance: random.Random) -> str:
    rows = "\n".join(f"`{word}`|{word} & more|{index}" for index, word in enumerate(chance.choices(WORDS, k=4)))
    return f"Name|Meaning|Count\n:--|:-:|--:\n{rows}"


def _list(chance: random.Random) -> str:
    items = [f"- {_sentence(chance)}" for _ in range(3)] + [f"  1. {chance.choice(WORDS)}", f"  2. {_link(chance)}"]
    return "\n".join(items)


def _quote(chance: random.Random) -> str:
    return f"> [!note]\n> {_sentence(chance)}\n> {_sentence(chance)}"


BLOCKS: tuple[Callable[[random.Random], str], ...] = (
    _paragraph,
    _paragraph,
    _paragraph,
    _heading,
    _code,
    _table,
    _list,
    _quote,
)


def bodies(folder: Path) -> Iterator[tuple[str, str]]:
    """(relative path, text after the front matter) of every Markdown file."""
    for path in sorted(folder.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        parts = text.split("\n---\n", 1) if text.startswith("---\n") else ["", text]
        yield str(path.relative_to(folder)), parts[-1]
