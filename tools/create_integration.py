"""`make integration FILE=<json>`: creates an integration in the demo project through the API, credentials included.

The file holds `{type, name, config, fieldMappings, credentials}`; `-` reads standard input. The id is printed.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from integrations.domain.errors import ValidationFailed
from integrations.domain.field_mapping import FieldMapping
from integrations.domain.integration import Integration
from integrations.management.parts import Parts, require_valid
from integrations.providers.registry import spec_for
from integrations.storage.credentials import CredentialStore, CredentialVault
from integrations.storage.integrations import IntegrationStore
from integrations.storage.table import Table
from tools.stack.deployment import read_outputs
from tools.stack.description import StackDescription, StackDown, read_description

KEYS = ("type", "name", "config", "fieldMappings", "credentials")
CALL_SECONDS = 60.0
"""The first call of a function on the emulator starts a process."""


def create_integration(stack: StackDescription, definition: Mapping[str, Any], integration_id: str) -> bool:
    """Stores one under an id of ours, which the API makes itself: so the demo's are the same on every stack. False if
    the project has one with that id. Raises `ValidationFailed`."""
    _refuse_unknown_keys(definition)
    integration = _integration(stack.project_id, integration_id, definition)
    spec, listed = spec_for(integration.type), _listed_addresses(stack)
    parts = Parts(config=integration.config, field_mappings=integration.field_mappings)
    require_valid(spec, parts, integration.config, listed)
    credentials = definition["credentials"]
    plaintext = spec.credentials_plaintext(credentials).decode()
    problems = spec.credential_address_problems(credentials, listed)
    if problems:
        raise ValidationFailed("The credentials are not valid.", tuple(problems))
    table = Table(stack.client("dynamodb"), stack.table("integrations"))
    if not IntegrationStore(table).create(integration):
        return False
    vault = CredentialVault(stack.client("kms"), read_outputs(stack.client("cloudformation"))["CredentialsKeyArn"])
    scope, addresses = (stack.project_id, integration_id), spec.addresses(integration.config)
    webhook_secret = credentials.get("webhookSecret")
    CredentialStore(table).put_credentials(
        *scope,
        vault.seal(*scope, "service", addresses, plaintext),
        vault.seal(*scope, "webhook", addresses, webhook_secret) if webhook_secret else None,
    )
    return True


def create_through_api(api: httpx.Client, definition: Mapping[str, Any]) -> str:
    """Creates it, gives it its credentials, and returns its id; where those are refused, nothing is left of it. Raises
    `ValidationFailed` for what the API refuses."""
    _refuse_unknown_keys(definition)
    described = {name: value for name, value in definition.items() if name != "credentials"}
    integration_id = str(_accepted(api.post("/integrations", json=described)).json()["data"]["id"])
    try:
        _accepted(api.put(f"/integrations/{integration_id}/credentials", json=definition["credentials"]))
    except ValidationFailed:
        api.delete(f"/integrations/{integration_id}")
        raise
    return integration_id


def _accepted(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    error = answer.json()["error"]
    details = tuple((detail["field"], detail["message"]) for detail in error.get("details", ()))
    raise ValidationFailed(f"{error['message']} ({answer.status_code} {error['code']})", details)


def _refuse_unknown_keys(definition: Mapping[str, Any]) -> None:
    expected = ", ".join(KEYS)
    wrong = [(key, "is missing") for key in KEYS if key not in definition]
    wrong += [(key, "is unknown") for key in definition if key not in KEYS]
    if wrong:
        raise ValidationFailed(f"An integration is an object with {expected}.", tuple(wrong))


def _integration(project_id: str, integration_id: str, definition: Mapping[str, Any]) -> Integration:
    now = time.time_ns() // 1_000_000
    return Integration(
        project_id=project_id,
        id=integration_id,
        type=definition["type"],
        name=definition["name"],
        status="pending",
        config=definition["config"],
        field_mappings=tuple(FieldMapping(**mapping) for mapping in definition["fieldMappings"]),
        created_at=now,
        updated_at=now,
    )


def _listed_addresses(stack: StackDescription) -> Sequence[str]:
    return [urlsplit(simulator["url"]).netloc for simulator in stack.content["simulators"].values()]


def _client(stack: StackDescription) -> httpx.Client:
    headers = {"Authorization": f"Bearer {stack.key('admin')}"}
    return httpx.Client(base_url=f"{stack.api_url}/api/v1", headers=headers, timeout=CALL_SECONDS, trust_env=False)


def main() -> int:
    """Creates it, or says per field what is wrong."""
    parser = argparse.ArgumentParser(prog="make integration", description=__doc__)
    parser.add_argument("file", help="the definition as JSON, - for standard input")
    name = parser.parse_args().file
    try:
        definition = json.loads(sys.stdin.read() if name == "-" else Path(name).read_text())
        with _client(read_description()) as api:
            print(create_through_api(api, definition))
    except ValidationFailed as error:
        print(
            "\n".join([error.message, *(f"  {field}: {problem}" for field, problem in error.details)]), file=sys.stderr
        )
        return 1
    except (OSError, ValueError, StackDown, httpx.HTTPError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
