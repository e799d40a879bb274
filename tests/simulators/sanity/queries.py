"""The queries that can be answered: a table, to which another query is one more entry.

There is no GROQ evaluator here. A query is compared with the table after its white space is evened out; any other is
refused with its text, so that it is noticed. The tests in `tests/clients` check each against groq-js.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulators.sanity.errors import Refused, query_error
from tests.simulators.sanity.perspectives import Reader
from tests.simulators.sanity.switches import SanitySwitches

Parameters = Mapping[str, Any]
AFTER_EVERY_ID = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class KnownQuery:
    """A query as text, in which `<N>` stands for a number, and how it is answered from that number."""

    name: str
    text: str
    parameters: tuple[str, ...]
    answer: Callable[[Reader, Parameters, int], Any]


def _changed_documents(reader: Reader, parameters: Parameters, limit: int) -> Any:
    types, since, after = parameters["types"], parameters["since"], parameters["after"]
    if not isinstance(types, list) or not isinstance(since, str):
        return []
    beyond = after if isinstance(after, str) else AFTER_EVERY_ID
    return reader.changed_after([each for each in types if isinstance(each, str)], since, beyond, limit)


def _ids(reader: Reader, parameters: Parameters, limit: int) -> Any:
    document_type, after = parameters["type"], parameters["after"]
    if not isinstance(document_type, str) or not isinstance(after, str):
        return []
    return reader.ids_after(document_type, after, limit)


def _count_at_most_one(reader: Reader, _: Parameters, __: int) -> Any:
    return int(reader.has_any())


KNOWN_QUERIES = (
    KnownQuery(
        "changed_documents",
        "*[_type in $types && (_updatedAt > $since || (_updatedAt == $since && _id > $after))]"
        " | order(_updatedAt asc, _id asc)[0...<N>]",
        ("types", "since", "after"),
        _changed_documents,
    ),
    KnownQuery("ids", "*[_type == $type && _id > $after] | order(_id asc)[0...<N>]._id", ("type", "after"), _ids),
    KnownQuery("count_at_most_one", "count(*[0...1])", (), _count_at_most_one),
)


def answer_query(query: str, parameters: Parameters, reader: Reader, switches: SanitySwitches) -> Any:
    """The query's result. Raises `Refused` for an unknown query or a parameter that wasn't given."""
    for known in KNOWN_QUERIES:
        pattern = re.escape(_evened(known.text)).replace("<N>", r"(\d+)")
        match = re.fullmatch(pattern, _evened(query))
        if match:
            _check_parameters(known, query, parameters, switches)
            return known.answer(reader, parameters, int(match[1]) if match.groups() else 0)
    described = "; ".join(known.text for known in KNOWN_QUERIES)
    description = f"The simulator doesn't answer this query: {query} -- it answers: {described}"
    raise Refused(query_error(400, "queryParseError", query, description, 0, max(len(query) - 1, 0)))


def _check_parameters(known: KnownQuery, query: str, parameters: Parameters, switches: SanitySwitches) -> None:
    for name in known.parameters:
        if name not in parameters:
            start = query.index(f"${name}")
            description = f"param ${name} referenced, but not provided"
            status, kind = switches.missing_parameter_status, switches.missing_parameter_type
            raise Refused(query_error(status, kind, query, description, start, start + len(name)))


def _evened(query: str) -> str:
    """The text with runs of white space as one blank, and none beside brackets, commas and pipes."""
    return re.sub(r"\s*([\[\](){}|,])\s*", r"\1", re.sub(r"\s+", " ", query.strip()))
