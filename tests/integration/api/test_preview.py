"""Previews and fields through the handlers, with a service in memory."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from integrations.api.envelopes import ErrorAnswer, FieldsAnswer, PreviewAnswer
from integrations.domain.entity import Entity
from integrations.domain.errors import ReconnectRequired, RetryLater, ServiceError
from integrations.domain.identity import external_id_of_entity
from integrations.providers.contract import RemoteRecord, ServiceField
from integrations.runtime.api import services
from integrations.storage.credentials import CredentialStore
from integrations.storage.table import Table
from tests.api_world import JSON, NOW, World
from tests.fakes.service import FakeService
from tests.integration.api.gateway import Answer, request


class Service(FakeService):
    """Stands for Sanity; may refuse everything."""

    error: ServiceError | None = None
    closed = 0

    def read_records(self, external_ids: Sequence[str]) -> dict[str, RemoteRecord]:
        self._refuse()
        return dict(super().read_records(external_ids))

    def fields(self) -> Sequence[ServiceField]:
        self._refuse()
        return (ServiceField("title", "string"), ServiceField("seo.score", "number"))

    def close(self) -> None:
        self.closed += 1

    def _refuse(self) -> None:
        if self.error:
            raise self.error


@pytest.fixture
def service(world: World, table: Table, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service behind `int_active`, and an entity of its project."""
    service = Service(lambda: NOW)
    monkeypatch.setattr("integrations.runtime.connecting.connect", lambda *_: service)
    scope = (world.ours, "int_active")
    ciphertext = services().connect.vault.seal(*scope, "service", ("https://zx3vzmn1.api.sanity.io",), "{}")
    CredentialStore(table).put_credentials(*scope, ciphertext, None)
    services().entities.create(world.ours, Entity("a", "article", {"title": "A Title"}, NOW, NOW))
    return service


def preview(world: World, direction: str = "push", *ids: str) -> Answer:
    body = json.dumps({"direction": direction, "entityIds": ids or ["a"]})
    headers = {"Authorization": f"Bearer {world.keys['admin']}", **JSON}
    return request("POST", "/integrations/int_active/preview", headers, body)


def fields(world: World) -> Answer:
    return request("GET", "/integrations/int_active/fields", {"Authorization": f"Bearer {world.keys['admin']}"})


def test_a_preview_shows_what_would_be_sent_and_stores_nothing(
    world: World, service: Service, items: Callable[[World], list[dict[str, Any]]]
):
    before = items(world)
    answer = preview(world, "push", "nobody", "a", "a")
    answer.require(PreviewAnswer)
    nobody, entry = answer.body["data"]
    assert (nobody["entityId"], nobody["externalId"], nobody["action"]) == ("nobody", None, "fail")
    assert entry == {
        "entityId": "a",
        "externalId": external_id_of_entity(world.ours, "a"),
        "action": "create",
        "changes": [
            {"field": "title", "before": None, "after": "A Title"},
            {"field": "slug.current", "before": None, "after": "a-title"},
        ],
    }
    assert items(world) == before
    assert (service.batches, service.documents, service.closed) == ([], {}, 1)


def test_a_pull_of_what_was_never_pushed_would_fail(world: World, service: Service):
    [entry] = preview(world, "pull").body["data"]
    assert (entry["action"], entry["changes"]) == ("fail", [])
    assert "(not_linked)" in entry["reason"]


def test_a_service_that_refuses_us_would_fail_every_entity(world: World, service: Service):
    service.error = ReconnectRequired("Sanity refused the token.")
    answer = preview(world, "push", "a", "b")
    answer.require(PreviewAnswer)
    assert {(entry["action"], entry["reason"]) for entry in answer.body["data"]} == {
        ("fail", "Sanity refused the token. (credentials_refused)")
    }


def test_a_service_that_doesnt_answer_is_unavailable(world: World, service: Service):
    service.error = RetryLater("Sanity did not answer in time")
    for answer in (preview(world), fields(world)):
        answer.require(ErrorAnswer)
        assert (answer.status, answer.code) == (503, "unavailable")
    assert service.closed == 2


def test_fields_are_listed(world: World, service: Service):
    answer = fields(world)
    answer.require(FieldsAnswer)
    assert answer.body == {"data": [{"path": "title", "type": "string"}, {"path": "seo.score", "type": "number"}]}
    assert service.closed == 1


def test_fields_of_a_service_that_refuses_us_come_with_a_diagnosis(world: World, service: Service):
    service.error = ReconnectRequired("Sanity refused the token.")
    answer = fields(world)
    answer.require(FieldsAnswer)
    assert answer.body["data"] == []
    assert answer.body["meta"]["diagnosis"]["code"] == "credentials_refused"
