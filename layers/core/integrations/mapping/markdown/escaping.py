"""What to write so that text stays text when Markdown is read (CommonMark 0.31, 2.4 Backslash escapes)."""

import re
from collections import Counter
from enum import IntEnum


class Escaping(IntEnum):
    """How much is escaped. The more, the safer and the less readable: tried in this order until it reads back."""

    SPARING = 0
    CAREFUL = 1
    EVERYTHING = 2


_ALWAYS = re.compile(
    r"\\(?=[!-/:-@\[-`{-~\n]|\Z)"  # a backslash that would escape something, or break the line
    r"|`"
    r"|<(?=/?[A-Za-z]|[!?])"
    r"|&(?=#|[A-Za-z][A-Za-z0-9]*;)"
    r"|\](?=[(\[:])"
)
_SPECIAL = re.compile(r"[\\`*_~<&\[\]|\u00a0\r]")
_DELIMITER_RUN = re.compile(r"[*~]+|(?<![^\W_])_+|_+(?![^\W_])")
_BRACKET = re.compile(r"(?<!\\)[\[\]]")
_PUNCTUATION = re.compile(r"[\\`*_{}\[\]()#+\-.!|~<>&:=]")
_LINE_START = re.compile(
    r"^(?:(?P<number>\d{1,9})(?=[.)](?:[ \t]|$))"
    r"|(?=\#{1,6}(?:[ \t]|$)|>|[-+*](?:[ \t]|$)|~~~|=++[ \t]*+$|(?:[-*_][ \t]*+){3,}+$|[|: \t]*+-[|:\- \t]*+$"
    r"|\[[^\]\n]++\]:))",
    re.MULTILINE,
)


def escape_text(text: str, escaping: Escaping, *, in_brackets: bool = False, in_table: bool = False) -> str:
    """`text` such that it reads as itself within a line: `in_brackets` of a link, `in_table` in a cell."""
    if escaping is Escaping.EVERYTHING:
        text = _PUNCTUATION.sub(r"\\\g<0>", text)
    elif _SPECIAL.search(text):
        text = _escape_delimiters(_ALWAYS.sub(r"\\\g<0>", text), escaping)
        if in_brackets:
            text = _BRACKET.sub(r"\\\g<0>", text)
        if in_table:
            text = text.replace("|", "\\|")
    return text.replace("\u00a0", "&nbsp;").replace("\r", "&#13;")


def _escape_delimiters(text: str, escaping: Escaping) -> str:
    """Escapes runs of `*`, `_` and `~` that could pair; sparingly, one that is alone of its kind stays as it is."""
    kinds = Counter(run[0] for run in _DELIMITER_RUN.findall(text))
    if not kinds:
        return text

    def escaped(run: re.Match[str]) -> str:
        alone = escaping is Escaping.SPARING and kinds[run[0][0]] == 1
        between_blanks = text[run.start() - 1 : run.start()].isspace() and text[run.end() : run.end() + 1].isspace()
        return run[0] if alone or between_blanks else "".join(f"\\{character}" for character in run[0])

    return _DELIMITER_RUN.sub(escaped, text)


def escape_line_starts(paragraph: str) -> str:
    """`paragraph` such that none of its lines begins a heading, quote, list, rule, fence, table or definition."""
    return _LINE_START.sub(lambda match: f"{match['number'] or ''}\\", paragraph)
