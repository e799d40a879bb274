"""When something of ours breaks, the log says where, and nothing says with which credentials."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError

from integrations.providers.google_search_console.provider import SearchConsoleProvider
from integrations.providers.loops.provider import LoopsProvider
from integrations.providers.posthog.provider import PostHogProvider
from integrations.providers.sanity.provider import SanityProvider
from integrations.runtime.api import services
from tests.integration.api.managing import call
from tests.integration.api.secrets.conftest import SetStage
from tests.integration.api.secrets.hostile import MISBEHAVIOURS
from tests.integration.api.secrets.listening import Everything, told
from tests.integration.api.secrets.plants import PLANTS, plants
from tests.integration.api.secrets.stage import Lines, Stage

PROVIDERS = {
    "sanity": SanityProvider,
    "google_search_console": SearchConsoleProvider,
    "posthog": PostHogProvider,
    "loops": LoopsProvider,
}


def _echoing(code: str, operation: str, parameters: dict[str, Any], status: int = 400) -> ClientError:
    """AWS's refusal, which repeats everything that it was sent."""
    answer: Any = {
        "Error": {"Code": code, "Message": f"1 validation error: {parameters}"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, operation)


KMS_FAULTS = {
    "refuses": lambda operation, given: _echoing("AccessDeniedException", operation, given),
    "does not know the ciphertext": lambda operation, given: _echoing("InvalidCiphertextException", operation, given),
    "is overloaded": lambda operation, given: _echoing("ThrottlingException", operation, given),
    "fails": lambda operation, given: _echoing("KMSInternalException", operation, given, 500),
    "can't be asked": lambda operation, given: ParamValidationError(report=f"Invalid type, value: {given}"),
    "can't be reached": lambda operation, given: EndpointConnectionError(endpoint_url=f"https://kms?{given}"),
}


def _break_kms(monkeypatch: pytest.MonkeyPatch, stage: Stage, fault: str, *operations: str) -> None:
    """The vaults' clients raise from now on, with the plaintext in the text, which KMS has even of a ciphertext."""
    real = boto3.client

    def client(name: str, **given: Any) -> Any:
        made = real(name, **given)
        for operation in operations if name == "kms" else ():

            def fail(operation: str = operation, **parameters: Any) -> Any:
                raise KMS_FAULTS[fault](operation, {**parameters, "Plaintext": stage.plant.secrets})

            setattr(made, operation, fail)
        return made

    monkeypatch.setattr(boto3, "client", client)
    services.cache_clear()


@pytest.mark.parametrize("fault", KMS_FAULTS)
def test_kms_may_say_what_it_likes(
    fault: str, set_stage: SetStage, lines: Lines, heard: Everything, monkeypatch: pytest.MonkeyPatch
):
    stage = set_stage(plants()["sanity"], MISBEHAVIOURS["refuses with 401"])
    id = stage.plant_one()
    _break_kms(monkeypatch, stage, fault, "encrypt", "decrypt")
    answer = stage.keep(call(stage.world, "PUT", f"/integrations/{id}/credentials", stage.plant.credentials))
    assert answer.status in (500, 503)
    stage.test_connection(id)
    stage.peek(id)
    stage.sync(id, "push")
    stage.look(id)
    assert "KMS" in lines.text()
    assert not stage.leaks({"log": lines.text(), "other logs and exceptions": " ".join(heard.said)})


@pytest.mark.parametrize("operation", ["TransactWriteItems", "GetItem"])
def test_the_tables_may_say_what_they_were_given(
    operation: str, set_stage: SetStage, lines: Lines, heard: Everything, monkeypatch: pytest.MonkeyPatch
):
    stage = set_stage(plants()["loops"], MISBEHAVIOURS["refuses with 401"])
    id = stage.plant_one()
    real = services().management._table._client
    given: list[Any] = []

    def fail(**parameters: Any) -> Any:
        given.append(parameters)
        raise _echoing("ValidationException", operation, parameters)

    name = {"TransactWriteItems": "transact_write_items", "GetItem": "get_item"}[operation]
    monkeypatch.setattr(real, name, fail)
    try:
        stage.keep(call(stage.world, "PUT", f"/integrations/{id}/credentials", stage.plant.credentials))
    except ClientError as error:
        stage.said.append(told(error))  # the authorizer's, which the runtime logs
    monkeypatch.undo()
    assert given
    assert not stage.leaks({"log": lines.text(), "other logs and exceptions": " ".join(heard.said)})


@pytest.mark.parametrize("plant", PLANTS)
def test_an_unexpected_error_is_logged_without_what_it_worked_with(
    plant: str, set_stage: SetStage, lines: Lines, heard: Everything, monkeypatch: pytest.MonkeyPatch
):
    stage = set_stage(plants()[plant], MISBEHAVIOURS["refuses with 401"])

    def bug(*_: object) -> Any:
        raise RuntimeError("a bug")

    ids = [stage.plant_one() for _ in range(2)]
    for name in ("check", "push_batch", "pull_page", "first_cursor"):
        monkeypatch.setattr(PROVIDERS[stage.plant.type], name, bug, raising=False)
    assert stage.test_connection(ids[0]).status == 500
    stage.peek(ids[0])
    stage.sync(ids[1], stage.plant.directions[0])
    monkeypatch.setattr(services().management, "put_credentials", bug)
    answer = call(stage.world, "PUT", f"/integrations/{ids[0]}/credentials", stage.plant.credentials)
    assert stage.keep(answer).status == 500
    stage.look(*ids)
    assert lines.text().count("RuntimeError") >= 3
    assert not stage.leaks({"log": lines.text(), "other logs and exceptions": " ".join(heard.said)})
