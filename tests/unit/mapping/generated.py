"""Markdown as people write it, from blocks put together at random: the same for the same seed."""

import random
from collections.abc import Callable

Block = Callable[[random.Random], str]

WORDS = (
    "page", "snake_case", "2 * 3", "C++", "a & b", "1 < 2", "«quoted»", "naïve", "#tag", "50 %", "{{< figure >}}",
    "{{% ref %}}", "x^2^", "~/home", "[brackets]", "back\\slash", "--flag", "1.", "+1", "it's", "“so”", "$HOME", "e.g.",
)  # fmt: skip
LANGUAGES = ("", "python", "go-html-template", "c++", "text {linenos=true}")
INLINES: tuple[Block, ...] = (
    lambda chance: f"*{words(chance, 2)}*",
    lambda chance: f"**{words(chance, 2)}**",
    lambda chance: f"***{words(chance, 1)}***",
    lambda chance: f"**{words(chance, 1)} *{words(chance, 1)}***",
    lambda chance: f"~~{words(chance, 1)}~~",
    lambda chance: f"`{chance.choice(('code', 'a | b', '<b>', '&amp;'))}`",
    lambda chance: "`` back`tick ``",
    lambda chance: f"[{words(chance, 1)}](/path_(a)/?q=1&r=2 \"A 'title'\")",
    lambda chance: f"[`code` and *more*](#{chance.randint(0, 9)})",
    lambda chance: "![An *image*](image.png)",
    lambda chance: "[![linked](i.png)](/there)",
    lambda chance: "<https://example.org/a_b?c=d>",
    lambda chance: "https://example.org/x_(y).",
    lambda chance: "someone@example.org",
    lambda chance: "press <kbd>Ctrl</kbd>, H<sub>2</sub>O",
    lambda chance: "one<br>two",
    lambda chance: "&copy; 2026&nbsp;&mdash; &lt;tag&gt;",
    lambda chance: "soft\nbreak",
    lambda chance: "hard  \nbreak\\\nagain",
)


def words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count))


def text(chance: random.Random) -> str:
    return " ".join(words(chance, 1) if chance.random() < 0.6 else chance.choice(INLINES)(chance) for _ in range(8))


def line(chance: random.Random) -> str:
    return text(chance).replace("  \n", " ").replace("\\\n", " ").replace("\n", " ")


def code(chance: random.Random) -> str:
    fence = chance.choice(("```", "~~~", "`````"))
    return f"{fence}{chance.choice(LANGUAGES)}\nif a < b && c:\n\n    ``` {{{{ .Title }}}}\n\treturn *x*\n{fence}"


def table(chance: random.Random) -> str:
    cells = [line(chance).replace("|", "\\|") for _ in range(6)]
    rules = " | ".join(chance.choices((":--", "--:", ":-:", "---"), k=3))
    return f"| A | `b\\|c` | |\n| {rules} |\n| {' | '.join(cells[:3])} |\n| {' | '.join(cells[3:])} |"


def indented(content: str, width: int) -> str:
    return content.replace("\n", "\n" + " " * width)


def bullets(chance: random.Random) -> str:
    marker, separator = chance.choice("-*+"), chance.choice(("\n", "\n\n"))
    items = [f"{marker} {indented(text(chance), 2)}" for _ in range(3)]
    nested = chance.choice((bullets, numbers, code)) if chance.random() < 0.4 else None
    if nested:
        items[1] += f"{separator}  {indented(nested(chance), 2)}"
    return separator.join(items)


def numbers(chance: random.Random) -> str:
    first, separator = chance.choice((1, 1, 0, 7, 99)), chance.choice(("\n", "\n\n"))
    return separator.join(f"{first + n}. {indented(text(chance), 4 + (first > 90))}" for n in range(3))


def quote(chance: random.Random) -> str:
    content = f"{text(chance)}\n\n{chance.choice((bullets, code, text))(chance)}"
    return "\n".join(f"> {row}" for row in content.split("\n"))


HTML_BLOCKS = (
    "<dl>\n  <dt>Term</dt>\n  <dd>What it <em>means</em>.</dd>\n</dl>",
    "<details>\n<summary>More</summary>\n\nHidden **text**.\n\n- one\n- two\n\n</details>",
    '<table><tr><td colspan="2">wide</td></tr><tr><td>a</td><td>b</td></tr></table>',
    '<img src="figure.png" alt="A figure" width="200">',
    "<div>\n\n## Within\n\n</div>",
    '<p align="center"><b>centred</b></p>',
    "<pre>\nkept  as\n\n  it is\n</pre>",
    "<!-- a comment\n\nwith a blank line -->",
)
BLOCKS: tuple[Block, ...] = (
    text,
    text,
    text,
    lambda chance: f"{'#' * chance.randint(1, 6)} {line(chance)}",
    lambda chance: f"{text(chance)}\n{chance.choice(('===', '---'))}",
    code,
    lambda chance: "    indented code\n\n        deeper",
    table,
    bullets,
    numbers,
    quote,
    lambda chance: chance.choice(("---", "***", "_ _ _")),
    lambda chance: f"Term\n: {text(chance)}",
    lambda chance: "[reference]: /somewhere\n\nSee [the reference][reference].",
    lambda chance: chance.choice(HTML_BLOCKS),
)


def document(seed: int, blocks: int = 8) -> str:
    """A document of so many blocks."""
    chance = random.Random(seed)
    return "\n\n".join(chance.choice(BLOCKS)(chance) for _ in range(blocks)) + "\n"
