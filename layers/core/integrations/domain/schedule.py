"""Schedule expressions: `rate(1 hour)`, `cron(0 8 ? * MON-FRI *)`.

The rules are those of "Schedule types in EventBridge Scheduler" in the EventBridge Scheduler user guide.
"""

import re

_RATE = re.compile(r"rate\(([1-9][0-9]{0,5}) (minute|hour|day)(s?)\)")
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minutes", 0, 59, ()),
    ("hours", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, tuple(_MONTHS)),
    ("day of week", 1, 7, tuple(_DAYS)),
    ("year", 1970, 2199, ()),
)
_OWN_WORDS = {
    "day of month": re.compile(r"\?|L|L-([1-9]|[12][0-9]|30)|LW|([1-9]|[12][0-9]|3[01])W"),
    "day of week": re.compile(r"\?|L|[1-7]L|[1-7]#[1-5]"),
}


def schedule_problem(expression: str) -> str | None:
    """What is wrong with the expression, or None."""
    if expression.startswith("rate("):
        return _rate_problem(expression)
    if expression.startswith("cron(") and expression.endswith(")"):
        return _cron_problem(expression[5:-1].split(" "))
    return "is no schedule; allowed are rate(…) such as rate(1 hour), and cron(…) such as cron(0 8 ? * MON-FRI *)"


def _rate_problem(expression: str) -> str | None:
    match = _RATE.fullmatch(expression)
    if match is None:
        return "is no rate; allowed is rate(value unit): a whole number from 1, and minutes, hours or days"
    value, unit, plural = match.groups()
    if (value == "1") == bool(plural):
        return f"takes the unit {unit if value == '1' else unit + 's'} with the value {value}"
    return None


def _cron_problem(texts: list[str]) -> str | None:
    if len(texts) != len(_FIELDS):
        return "takes six fields, separated by single spaces: minutes hours day-of-month month day-of-week year"
    for text, field in zip(texts, _FIELDS, strict=True):
        if not _is_field(text, *field):
            name, least, greatest, _ = field
            return f"has {text[:20]!r} for the {name}; allowed are *, numbers from {least} to {greatest}, - , and /"
    if (texts[2] == "?") == (texts[4] == "?"):
        return "takes ? for either the day of month or the day of week, and something else for the other"
    return None


def _is_field(text: str, name: str, least: int, greatest: int, words: tuple[str, ...]) -> bool:
    own = _OWN_WORDS.get(name)
    if own is not None and own.fullmatch(text):
        return True
    return all(_is_element(element, least, greatest, words) for element in text.split(","))


def _is_element(element: str, least: int, greatest: int, words: tuple[str, ...]) -> bool:
    """`*`, a number or word, a range of them; each with a step if need be."""
    span, slash, step = element.partition("/")
    if slash and not (step.isdecimal() and 0 < int(step) <= greatest):
        return False
    if span == "*":
        return True
    ends = [_number(end, least, words) for end in span.split("-")]
    return len(ends) <= 2 and all(end is not None and least <= end <= greatest for end in ends)


def _number(text: str, least: int, words: tuple[str, ...]) -> int | None:
    if text.upper() in words:
        return words.index(text.upper()) + least
    return int(text) if re.fullmatch("[0-9]{1,4}", text) else None
