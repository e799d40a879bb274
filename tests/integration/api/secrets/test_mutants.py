"""The search finds what it is there for: each mutant lets one secret out, and is caught where it comes out."""

import logging
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from integrations.api.log import log
from integrations.api.route import Api
from integrations.domain.errors import RetryLater
from integrations.providers import http
from integrations.providers.calls import NoAnswer
from integrations.providers.http import ServiceClient
from integrations.providers.sanity.client import SanityClient
from integrations.runtime.api import services
from integrations.storage.credentials import CredentialVault
from tests.integration.api.secrets.conftest import SetStage
from tests.integration.api.secrets.hostile import MISBEHAVIOURS
from tests.integration.api.secrets.listening import Everything
from tests.integration.api.secrets.plants import plants
from tests.integration.api.secrets.stage import Lines

type Mutate = Callable[[pytest.MonkeyPatch], None]


def _nothing_is_redacted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(http, "redacted", lambda text, secrets: text)


def _a_secret_is_read_into_a_message(patch: pytest.MonkeyPatch) -> None:
    def malformed(self: Any, call: Any) -> RetryLater:
        return RetryLater(f"Sanity's answer to {self._http._secrets[0].get_secret_value()} can't be read")

    patch.setattr(SanityClient, "_malformed", malformed)


def _a_cause_is_kept(patch: pytest.MonkeyPatch) -> None:
    def exchange(self: Any, call: Any, deadline: float) -> Any:
        try:
            return self._client.request(call.method, call.path, content=call.body)
        except httpx.HTTPError as error:
            raise NoAnswer("Sanity", call.purpose, "ReadTimeout", True, True).error(may_be_applied=False) from error

    patch.setattr(ServiceClient, "_exchange", exchange)


def _events_are_logged(patch: pytest.MonkeyPatch) -> None:
    real = Api.serve

    def serve(self: Any, event: Any, context: Any) -> Any:
        log().debug("event", event=event)
        return real(self, event, context)

    patch.setattr(Api, "serve", serve)


def _nothing_is_encrypted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(CredentialVault, "seal", lambda *given: given[-1].encode())
    patch.setattr(CredentialVault, "open", lambda *given: given[-1].decode())


def _boto_tells_what_it_sends(patch: pytest.MonkeyPatch) -> None:
    assert services().vault
    patch.setattr(logging.getLogger("botocore"), "level", logging.NOTSET)
    logging.getLogger("botocore").manager._clear_cache()  # type: ignore[attr-defined]


MUTANTS = MappingProxyType(
    {
        "nothing is redacted": (_nothing_is_redacted, "refuses with 401", {"answers", "items and messages"}),
        "a secret is read into a message": (_a_secret_is_read_into_a_message, "answers no JSON", {"answers"}),
        "a cause is kept": (_a_cause_is_kept, "times out", {"other logs and exceptions"}),
        "events are logged": (_events_are_logged, "times out", {"log"}),
        "nothing is encrypted": (_nothing_is_encrypted, "times out", {"items and messages"}),
        "boto tells what it sends": (_boto_tells_what_it_sends, "times out", {"other logs and exceptions"}),
    }
)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_leak_is_found(
    mutant: str, set_stage: SetStage, lines: Lines, heard: Everything, monkeypatch: pytest.MonkeyPatch
):
    mutate, way, places = MUTANTS[mutant]
    stage = set_stage(plants()["sanity"], MISBEHAVIOURS[way])
    mutate(monkeypatch)
    ids = [stage.plant_one() for _ in range(2)]
    stage.test_connection(ids[0])
    stage.sync(ids[1], "push")
    stage.look(*ids)
    found = stage.leaks({"log": lines.text(), "other logs and exceptions": " ".join(heard.said)})
    assert places <= set(found)
