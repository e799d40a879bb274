"""Bodies that will do, by operation: schemas can't say what a service's own keys are, nor which entities there are.

Some are bent: one value of a body that would do is replaced by what schemathesis made. That leads further in than
what is wrong everywhere.
"""

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

from tests.fuzz.known import MEASURING, Known

GIVEN_PERCENT = 25
BENT_PERCENT = 25
CHANGES = (
    {"name": "Renamed"},
    {"status": "inactive"},
    {"status": "active"},
    {"schedule": None},
    {"schedule": {"expression": "rate(1 hour)"}},
)


def body_for(operation: str, known: Known, integration: str, given: Any) -> Any:
    """A body for that integration, or what was generated."""
    make = MAKERS.get(operation)
    return given if make is None or known.chance(GIVEN_PERCENT) else make(known, integration, given)


def _definition(known: Known, integration: str, given: Any) -> Any:
    definition = known.world["definitions"][known.one_of(known.world["definitions"])]
    made = {name: value for name, value in definition.items() if name != "credentials"}
    return {**made, "config": _bent(known, made["config"], given)} if known.chance(BENT_PERCENT) else made


def _change(known: Known, integration: str, given: Any) -> Any:
    service = known.service(integration)
    if service is None or known.chance(60):
        return known.one_of(CHANGES)
    part = known.one_of(("config", "fieldMappings"))
    value = known.world["definitions"][service][part]
    return {part: _bent(known, value, given) if part == "config" and known.chance(BENT_PERCENT) else value}


def _credentials(known: Known, integration: str, given: Any) -> Any:
    service = known.service(integration)
    if service is None:
        return given
    credentials = known.world["definitions"][service]["credentials"]
    return _bent(known, credentials, given) if known.chance(BENT_PERCENT) else credentials


def _sync(known: Known, integration: str, given: Any) -> Any:
    if known.service(integration) in MEASURING:
        return {**{name: value for name, value in given.items() if name != "entityIds"}, "direction": "pull"}
    return {**given, "entityIds": _entity_ids(known, given)} if known.chance(50) else given


def _preview(known: Known, integration: str, given: Any) -> Any:
    return {**given, "entityIds": _entity_ids(known, given)}


def _entity_ids(known: Known, given: Any) -> list[str]:
    """Some that are there, one of another project's at times, and some of those that were made."""
    there = [each for each in known.world["entities"] if known.chance(50)]
    theirs = [known.world["foreign_entity_id"]] if known.chance(10) else []
    return [*there, *theirs, *given.get("entityIds", ())[:5]] or ["x"]


def _bent(known: Known, whole: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """One value replaced, by one of those that were generated."""
    inner = (each.values() for each in given.values() if isinstance(each, dict))
    generated = [*given.values(), *chain.from_iterable(inner)]
    return {**whole, known.one_of(whole): known.one_of(generated)} if generated else dict(whole)


MAKERS: Mapping[str, Callable[[Known, str, Any], Any]] = {
    "create_integration": _definition,
    "update_integration": _change,
    "put_credentials": _credentials,
    "trigger_sync": _sync,
    "preview_sync": _preview,
}
