"""What a record becomes on the wire, and by what Loops knows it. Pure."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.domain.errors import RecordRejected
from integrations.mapping.paths import describe
from integrations.providers.loops.spec import LIST_PREFIX, STANDARD_PROPERTIES

EMAIL, USER_ID, SUBSCRIBED = "email", "userId", "subscribed"


@dataclass(frozen=True, slots=True)
class Identity:
    """What names a contact: a user id, an address, or both; as they were given."""

    user_id: str | None
    email: str | None

    def by_name(self) -> dict[str, str]:
        """Each identifier by its property; the user id, which outlives a change of address, first."""
        return {name: value for name, value in ((USER_ID, self.user_id), (EMAIL, self.email)) if value}


def identity_of(targets: Mapping[str, Any]) -> Identity:
    """The identity that mapped targets give. Raises `RecordRejected` where there is none, or it is no text."""
    identity = Identity(_identifier(targets, USER_ID), _identifier(targets, EMAIL))
    if not identity.by_name():
        message = "Loops knows a contact by email or userId, and this record has neither; give it one of them"
        raise RecordRejected(message, code="identity_missing")
    return identity


def external_id_of(identity: Identity) -> str:
    """`userId=<id>`, or `email=<address>` in lower case: Loops knows an address in any case."""
    if identity.user_id:
        return f"{USER_ID}={identity.user_id}"
    return f"{EMAIL}={(identity.email or '').lower()}"


def identifier_of(external_id: str) -> tuple[str, str] | None:
    """The property and its value that `external_id_of` named; None for any other id."""
    name, equals, value = external_id.partition("=")
    return (name, value) if name in (USER_ID, EMAIL) and equals and value else None


def custom_properties(targets: Mapping[str, Any]) -> dict[str, Any]:
    """The targets that are properties of the team's own making, with their values."""
    return {
        name: value
        for name, value in targets.items()
        if name not in STANDARD_PROPERTIES and not name.startswith(LIST_PREFIX)
    }


def contact_changes(targets: Mapping[str, Any], names: Collection[str], absent: Collection[str]) -> dict[str, Any]:
    """The body's part for the targets in `names`: null clears, `absent` properties hold nothing to clear.

    A null for `subscribed`, an address or a mailing list is no answer to a yes or no, so it is left out. Raises
    `RecordRejected` for what no property can hold."""
    body: dict[str, Any] = {}
    lists: dict[str, Any] = {}
    for name in names:
        value = targets[name]
        if isinstance(value, Mapping | list | tuple):
            message = f"{name} is {describe(value)}; Loops holds texts, numbers, booleans and dates"
            raise RecordRejected(message, code="value_type")
        if name.startswith(LIST_PREFIX):
            lists |= {} if value is None else {name.removeprefix(LIST_PREFIX): value}
        elif name not in absent and not (value is None and name in (SUBSCRIBED, EMAIL)):
            body[name] = value
    return body | ({"mailingLists": lists} if lists else {})


def in_lists(body: Mapping[str, Any], list_ids: Collection[str]) -> dict[str, Any]:
    """The body of a contact that is put on the lists too."""
    return {**body, "mailingLists": {**body.get("mailingLists", {}), **dict.fromkeys(list_ids, True)}}


def encoded(body: Mapping[str, Any]) -> bytes:
    """The body as it is sent."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _identifier(targets: Mapping[str, Any], name: str) -> str | None:
    value = targets.get(name)
    if value is not None and not isinstance(value, str):
        raise RecordRejected(f"{name} must be a text, it is {describe(value)}", code="identity_invalid")
    return value or None
