"""HogQL as far as it is known: the queries of a table.

There is no HogQL here. A query is compared with the table after its white space and case are evened out; any other is
refused with its text. Any known query may end in `limit <N>`; around a placeholder of a time `toDateTime(…)` may stand;
`in {names}` of the table is asked for as `in ({names_0}, {names_1}, …)`.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.simulators.exchange import json_answer
from tests.simulators.posthog.errors import Refused, invalid
from tests.simulators.posthog.known_queries import KNOWN_QUERIES
from tests.simulators.posthog.query_values import QueryValues
from tests.simulators.posthog.reader import KnownQuery, Reader, Row
from tests.simulators.posthog.switches import PostHogSwitches

DEFAULT_ROWS = 100
LIMIT = re.compile(r"(?s)(.*?)(?: limit (\d+))?")
LISTED = re.compile(r"\(\s*\{(\w+)_0\}(?:\s*,\s*\{\1_\d+\})*\s*\)")
WRAPPED = re.compile(r"(?i)toDateTime\(\s*(\{\w+\})\s*\)")


def answer_query(text: str, given: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """The query's answer. Raises `Refused` (400) for an unknown query or a value that is missing or of no use."""
    known, limit = _known(text)
    wrapped = frozenset(name.strip("{}") for name in WRAPPED.findall(text))
    rows = known.rows(reader, QueryValues(given, wrapped, reader.switches))
    shown = rows[: min(DEFAULT_ROWS if limit is None else limit, reader.switches.query_rows_maximum)]
    cut = len(rows) > len(shown)
    return {
        "results": [_row(row, reader.switches) for row in shown],
        "columns": [name for name, _ in known.columns],
        "types": [list(column) for column in known.columns],
        "hasMore": cut and (limit is None or reader.switches.has_more_with_limit),
        "limit": DEFAULT_ROWS if limit is None else limit,
        "offset": 0,
    }


def _known(text: str) -> tuple[KnownQuery, int | None]:
    match = LIMIT.fullmatch(_evened(LISTED.sub(r"{\1}", WRAPPED.sub(r"\1", text))))
    body, limit = match.groups() if match else (text, None)
    for known in KNOWN_QUERIES:
        if body == _evened(known.text):
            return known, int(limit) if limit else None
    described = "; ".join(known.text for known in KNOWN_QUERIES)
    raise Refused(invalid(f"The simulator doesn't answer this query: {text} -- it answers: {described}", "query"))


def _row(row: Row, switches: PostHogSwitches) -> Row:
    return [_cell(value, switches) for value in row]


def _cell(value: Any, switches: PostHogSwitches) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, dict) and switches.properties_as_text:
        return json_answer(200, value).body.decode()
    return value


def _evened(text: str) -> str:
    """Lower case, runs of white space as one blank, and none beside brackets, commas and comparisons."""
    single = re.sub(r"\s+", " ", text.strip().rstrip(";")).lower()
    return re.sub(r"\s*([(),]|[=<>]+)\s*", r"\1", single).replace(")limit ", ") limit ")
