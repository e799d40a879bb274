"""`make integration` against the API's answers."""

import json

import httpx
import pytest

from integrations.domain.errors import ValidationFailed
from tools.create_integration import complete_integration, create_integration

DEFINITION = {
    "type": "sanity",
    "name": "Site",
    "config": {"projectId": "p", "dataset": "d", "entityTypes": {"article": "post"}},
    "fieldMappings": [],
    "credentials": {"token": "sk"},
}
REFUSAL = {
    "error": {
        "code": "validation_failed",
        "message": "Not so.",
        "details": [{"field": "config.dataset", "message": "no"}],
        "requestId": "r",
    }
}


class Api:
    """Answers by method; what it was asked."""

    def __init__(self, **answers: httpx.Response) -> None:
        self.answers = {"POST": httpx.Response(201, json={"data": {"id": "int_1"}})} | answers
        self.asked: list[tuple[str, str, object]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        self.asked.append((request.method, request.url.path, body))
        return self.answers.get(request.method, httpx.Response(204))

    def client(self) -> httpx.Client:
        return httpx.Client(base_url="http://api.test/api/v1", transport=httpx.MockTransport(self))


def test_an_integration_is_created_and_then_given_its_credentials():
    api = Api()
    assert create_integration(api.client(), DEFINITION) == "int_1"
    described = {name: value for name, value in DEFINITION.items() if name != "credentials"}
    assert api.asked == [
        ("POST", "/api/v1/integrations", described),
        ("PUT", "/api/v1/integrations/int_1/credentials", {"token": "sk"}),
    ]


def test_a_new_integration_is_completed_with_its_mappings_and_credentials():
    api = Api(PATCH=httpx.Response(200, json={"data": {}}))
    complete_integration(api.client(), "int_demo_sanity", DEFINITION)
    given = {"config": DEFINITION["config"], "fieldMappings": []}
    assert api.asked == [
        ("PATCH", "/api/v1/integrations/int_demo_sanity", given),
        ("PUT", "/api/v1/integrations/int_demo_sanity/credentials", {"token": "sk"}),
    ]


def test_what_the_api_refuses_is_told_by_field():
    api = Api(POST=httpx.Response(422, json=REFUSAL))
    with pytest.raises(ValidationFailed, match="422 validation_failed") as refused:
        create_integration(api.client(), DEFINITION)
    assert refused.value.details == (("config.dataset", "no"),)
    assert len(api.asked) == 1


def test_of_an_integration_whose_credentials_are_refused_nothing_is_left():
    api = Api(PUT=httpx.Response(422, json=REFUSAL))
    with pytest.raises(ValidationFailed):
        create_integration(api.client(), DEFINITION)
    assert api.asked[-1][:2] == ("DELETE", "/api/v1/integrations/int_1")


def test_a_definition_without_all_its_keys_is_not_even_sent():
    api = Api()
    with pytest.raises(ValidationFailed) as refused:
        create_integration(api.client(), DEFINITION | {"schedule": {}})
    assert refused.value.details == (("schedule", "is unknown"),)
    assert api.asked == []
