"""Refusals of the calls that manage integrations, as data like those in `tests.refusals`."""

import json
from collections.abc import Iterator

from tests.api_world import JSON, Request
from tests.refusals import Refusal


def _change(body: str, id: str = "int_active", key: str = "admin", **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("PATCH", f"/integrations/{id}", key, {**JSON, **named}, body)


def _of_management() -> Iterator[Refusal]:
    fine, wrong, broken = '{"name":"Other"}', '{"config":{"dataset":"!"},"fieldMappings":[{"source":"x"}]}', "{"
    yield Refusal("change: from no version", _change(fine), 428, "version_required")
    for version in ("0", '"2"', "*", "latest"):
        yield Refusal(f"change: from {version}", _change(fine, If_Match=version), 412, "version_conflict")
    fields = ("fieldMappings.0.target",)
    yield Refusal("change: 422 before 412", _change(wrong, If_Match="7"), 422, "validation_failed", fields)
    config = _change('{"config":{"projectId":"P"}}')
    fields = ("config.entityTypes", "config.projectId", "config.dataset")
    yield Refusal("change: 422 before 428", config, 422, "validation_failed", fields)
    yield Refusal("change: 400 before 428", _change(broken), 400, "malformed_json")
    yield Refusal("change: 415 before 428", _change(fine, Content_Type="text/plain"), 415, "unsupported_media_type")
    yield Refusal("change: 404 before 400", _change(broken, "int_nobody"), 404, "integration_not_found")
    yield Refusal("change: 403 before 404", _change(broken, "int_nobody", "write"), 403, "insufficient_permission")
    for body, fields in (
        ("{}", ("type", "name", "config")),
        ('{"type":"wordpress","name":"Site","config":{}}', ("type",)),
        ('{"type":"sanity","name":"Site","config":{},"credentials":{"token":"x"}}', ("credentials",)),
        ("[]", ("body",)),
    ):
        created = Request("POST", "/integrations", "admin", JSON, body)
        yield Refusal(f"create: {body}", created, 422, "validation_failed", fields)
    for body, wrong_field in (("{}", "credentials.token"), ('{"token":"x","sk":"x"}', "credentials.(key)")):
        given = Request("PUT", "/integrations/int_active/credentials", "admin", JSON, body)
        yield Refusal(f"credentials: {body}", given, 422, "validation_failed", (wrong_field,))
    for query in ("limit=0", "limit=101", "cursor=bm90IG91cnM"):
        listed = Request("GET", f"/integrations/int_active/events?{query}", "admin")
        yield Refusal(f"events?{query}", listed, 422, "validation_failed", (query.partition("=")[0],))


def _preview(body: str, id: str = "int_active") -> Request:
    return Request("POST", f"/integrations/{id}/preview", "admin", JSON, body)


def _of_previews() -> Iterator[Refusal]:
    ids = json.dumps([f"e{number}" for number in range(51)])
    for body, fields in (
        ("{}", ("direction", "entityIds")),
        ('{"direction":"push"}', ("entityIds",)),
        ('{"direction":"push","entityIds":[]}', ("entityIds",)),
        ('{"direction":"up","entityIds":["a"],"mode":"full"}', ("direction", "mode")),
        ('{"direction":"push","entityIds":' + ids + "}", ("entityIds",)),
    ):
        yield Refusal(f"preview: {body[:60]}", _preview(body), 422, "validation_failed", fields)
    one = '{"direction":"push","entityIds":["a"]}'
    yield Refusal("preview: inactive", _preview(one, "int_inactive"), 409, "integration_inactive")
    yield Refusal("preview: without credentials", _preview(one, "int_bare"), 409, "credentials_missing")
    yield Refusal("preview: no such direction", _preview(one, "int_search"), 422, "direction_not_supported")
    pulled = _preview(one.replace("push", "pull"), "int_search")
    yield Refusal("preview: not by entity", pulled, 422, "entity_ids_not_supported")
    fields_of_bare = Request("GET", "/integrations/int_bare/fields", "admin")
    yield Refusal("fields: without credentials", fields_of_bare, 409, "credentials_missing")


OF_MANAGEMENT: tuple[Refusal, ...] = (*_of_management(), *_of_previews())
