"""Which fields the mapped kinds have: those that all of a kind have, and properties seen on some persons."""

from collections.abc import Sequence

from integrations.providers.contract import ServiceField
from integrations.providers.posthog.client import PostHogClient
from integrations.providers.posthog.persons import PersonPages
from integrations.providers.posthog.records import Kind, kind_of
from integrations.providers.seen_fields import fields_seen

_OF_ALL = {
    Kind.PERSON: (("distinct_id", "string"), ("created_at", "date")),
    Kind.PAGEVIEWS: (("url", "string"), ("views", "number"), ("visitors", "number")),
    Kind.EVENT: (("uuid", "string"), ("event", "string"), ("distinct_id", "string"), ("timestamp", "date")),
}
PERSONS_SAMPLED = 100


def fields_of_types(client: PostHogClient, remote_types: Sequence[str], deadline: float) -> list[ServiceField]:
    """The fixed fields, and the properties of the 100 newest persons where persons are mapped: one call then. Events'
    properties aren't listed: a sample of them is a query over all events."""
    kinds = {kind_of(remote_type) for remote_type in remote_types}
    types = {path: kind for each in Kind if each in kinds for path, kind in _OF_ALL[each]}
    fixed = [ServiceField(path, types[path]) for path in sorted(types)]
    if Kind.PERSON not in kinds:
        return fixed
    persons = PersonPages(client, PERSONS_SAMPLED).page(None, deadline)
    return [*fixed, *fields_seen((each.document["properties"] for each in persons.records), "properties")]
