import json
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.api import envelopes
from integrations.api.problems import status_of
from integrations.domain import errors
from tools.openapi import DOCUMENT, build_document, main

PUBLISHED = {
    ("get", "/api/v1/integrations"): 200,
    ("post", "/api/v1/integrations"): 201,
    ("get", "/api/v1/integrations/{integration_id}"): 200,
    ("patch", "/api/v1/integrations/{integration_id}"): 200,
    ("delete", "/api/v1/integrations/{integration_id}"): 204,
    ("put", "/api/v1/integrations/{integration_id}/credentials"): 204,
    ("get", "/api/v1/integrations/{integration_id}/events"): 200,
    ("post", "/api/v1/integrations/{integration_id}/sync"): 202,
    ("post", "/api/v1/integrations/{integration_id}/test"): 200,
    ("post", "/api/v1/integrations/{integration_id}/preview"): 200,
    ("get", "/api/v1/integrations/{integration_id}/fields"): 200,
    ("get", "/api/v1/jobs"): 200,
    ("get", "/api/v1/jobs/{job_id}"): 200,
    ("post", "/api/v1/jobs/{job_id}/cancel"): 202,
}
OF_ANY_CALL = {400, 401, 404, 429, 500, 503}
WITH_INPUT = {
    ("post", "/api/v1/integrations"): {403, 413, 415, 422},
    ("get", "/api/v1/integrations/{integration_id}"): {403},
    ("delete", "/api/v1/integrations/{integration_id}"): {403},
    ("patch", "/api/v1/integrations/{integration_id}"): {403, 412, 413, 415, 422, 428},
    ("put", "/api/v1/integrations/{integration_id}/credentials"): {403, 413, 415, 422},
    ("get", "/api/v1/integrations/{integration_id}/events"): {403, 422},
    ("post", "/api/v1/integrations/{integration_id}/sync"): {403, 409, 413, 415, 422},
    ("post", "/api/v1/integrations/{integration_id}/test"): {403},
    ("post", "/api/v1/integrations/{integration_id}/preview"): {403, 409, 413, 415, 422},
    ("get", "/api/v1/integrations/{integration_id}/fields"): {403, 409},
    ("get", "/api/v1/jobs"): {422},
    ("post", "/api/v1/jobs/{job_id}/cancel"): {403, 409},
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build_document()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_the_committed_document_is_what_the_routes_say(document):
    assert json.loads(DOCUMENT.read_text()) == document
    assert main(["--check"]) == 0


def test_a_document_that_differs_is_found(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("tools.openapi.DOCUMENT", tmp_path / "openapi.json")
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0
    (tmp_path / "openapi.json").write_text("{}\n")
    assert main(["--check"]) == 1
    assert "make openapi" in capsys.readouterr().err


def test_every_published_call_is_documented_with_each_of_its_answers(document):
    for (method, path), success in PUBLISHED.items():
        answers = {int(status) for status in document["paths"][path][method]["responses"]}
        assert answers == OF_ANY_CALL | WITH_INPUT.get((method, path), set()) | {success}, path


def test_every_refusal_has_the_products_own_schema_and_an_example_per_code(document):
    for _, path, operation in operations(document):
        for status, answer in operation["responses"].items():
            if int(status) < 400:
                continue
            content = answer["content"]["application/json"]
            assert content["schema"] == {"$ref": "#/components/schemas/ErrorAnswer"}, path
            for code, example in content["examples"].items():
                assert example["value"]["error"]["code"] == code
                assert f"`{code}`" in answer["description"]
    assert "HTTPValidationError" not in json.dumps(document)


def test_every_answer_has_an_example_that_is_one(document):
    for _, path, operation in operations(document):
        for status, answer in operation["responses"].items():
            if int(status) == 204:
                assert "content" not in answer
                continue
            content = answer["content"]["application/json"]
            model = getattr(envelopes, content["schema"]["$ref"].rpartition("/")[2])
            assert content["examples"], (path, status)
            for example in content["examples"].values():
                assert model.model_validate(example["value"]).model_dump(mode="json", exclude_unset=True)


def test_the_trigger_names_each_of_its_codes(document):
    answers = document["paths"]["/api/v1/integrations/{integration_id}/sync"]["post"]["responses"]
    for error in (
        errors.IntegrationNotFound,
        errors.DirectionNotSupported,
        errors.EntityIdsNotSupported,
        errors.IdempotencyKeyReused,
        errors.IntegrationInactive,
        errors.CredentialsMissing,
        errors.MalformedJson,
        errors.ValidationFailed,
    ):
        assert error.code in answers[str(status_of(error))]["content"]["application/json"]["examples"]


def test_every_call_needs_a_key_and_may_name_its_project(document):
    assert document["security"] == [{"apiKey": []}]
    assert document["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"
    for _, _, operation in operations(document):
        assert "security" not in operation
        named = {parameter["name"]: parameter for parameter in operation["parameters"]}
        assert named["X-Project-Id"]["required"] is False


def test_inputs_are_documented_as_they_are_checked(document):
    trigger = document["paths"]["/api/v1/integrations/{integration_id}/sync"]["post"]
    key = next(parameter for parameter in trigger["parameters"] if parameter["name"] == "Idempotency-Key")
    assert (key["schema"]["minLength"], key["schema"]["maxLength"]) == (1, 128)
    assert "required" not in trigger["requestBody"]
    body = document["components"]["schemas"]["SyncRequest"]
    assert body["additionalProperties"] is False
    assert set(body["properties"]) == {"direction", "entityIds", "mode"}
    assert all("default" not in each and "anyOf" not in each for each in body["properties"].values())
    query = {each["name"]: each["schema"] for each in document["paths"]["/api/v1/jobs"]["get"]["parameters"]}
    assert (query["limit"]["minimum"], query["limit"]["maximum"], query["limit"]["default"]) == (1, 100, 20)
    assert query["category"]["enum"] == ["seo", "ai", "export", "sync"]


def test_every_reference_leads_somewhere(document):
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from ([value["$ref"]] if "$ref" in value else ())
            for each in value.values():
                yield from references(each)
        elif isinstance(value, list):
            for each in value:
                yield from references(each)

    names = {reference.removeprefix("#/components/schemas/") for reference in references(document)}
    assert names == set(document["components"]["schemas"])
