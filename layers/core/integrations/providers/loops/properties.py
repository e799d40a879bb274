"""The custom properties that a contact's targets need: listed once, and made where the configuration says so."""

from collections.abc import Iterable, Mapping
from typing import Any

from integrations.domain.errors import ConfigurationRefused
from integrations.providers.contract import ServiceField
from integrations.providers.loops.client import LoopsClient
from integrations.providers.loops.contacts import custom_properties
from integrations.providers.loops.spec import is_writable
from integrations.providers.refusals import Recovery

_KINDS = ("string", "number", "boolean", "date")


class ContactProperties:
    """What the team is known to have. Loops may well take a property that it lacks and keep nothing of it, so none is
    sent that wasn't seen in its list."""

    def __init__(self, client: LoopsClient) -> None:
        self._client = client
        self._listed: frozenset[str] | None = None

    def provide(self, records: Iterable[Mapping[str, Any]], deadline: float) -> frozenset[str]:
        """Sees to it that the team has the properties which the records' targets need; the names it lacks all the
        same, because no record has a value for them. Raises `ConfigurationRefused`."""
        values = _values_by_name(records)
        missing = sorted(values.keys() - self._names(deadline)) if values else []
        if missing and not self._client.config.create_properties:
            message = (
                f"Loops has no contact property named {', '.join(missing)}: create what is missing in Loops under "
                "Settings > Contact properties, set createProperties, or take it out of the field mappings"
            )
            raise ConfigurationRefused(message, code="property_missing")
        needed = [name for name in missing if values[name]]
        for name in needed:
            self._create(name, _kind(values[name]), deadline)
        return frozenset(missing) - frozenset(needed)

    def _names(self, deadline: float) -> frozenset[str]:
        if self._listed is None:
            self._listed = frozenset(self._client.properties(deadline))
        return self._listed

    def _create(self, name: str, kind: str, deadline: float) -> None:
        fault = self._client.create_property(name, kind, deadline)
        if fault is not None:
            if fault.recovery is not Recovery.RECORD:
                raise fault.error(changes=True)
            # Another worker, or an earlier try whose answer was lost, may have made it.
            self._listed = frozenset(self._client.properties(deadline))
            if name not in self._listed:
                message = f"Loops doesn't let the contact property {name} be created: {fault.detail}"
                raise ConfigurationRefused(message, code="property_refused")
        self._listed = self._names(deadline) | {name}


def writable_fields(client: LoopsClient, deadline: float) -> list[ServiceField]:
    """What a contact may be given, by name: the properties that Loops lists, without those that it keeps itself."""
    listed = client.properties(deadline)
    names = sorted(name for name in listed if is_writable(name))
    return [ServiceField(name, listed[name] if listed[name] in _KINDS else "unknown") for name in names]


def _values_by_name(records: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    values: dict[str, list[Any]] = {}
    for targets in records:
        for name, value in custom_properties(targets).items():
            values.setdefault(name, []).extend([] if value is None else [value])
    return values


def _kind(values: Iterable[Any]) -> str:
    """The type that holds all of the values, as they are. Never `date`: Loops writes dates in a form of its own, and
    whether a text is meant as one isn't known here."""
    kinds = {_kind_of(value) for value in values}
    return kinds.pop() if len(kinds) == 1 else "string"


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "string"
