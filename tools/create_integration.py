"""`make integration FILE=<json>`: creates an integration in the demo project, credentials included.

The file holds `{type, name, config, fieldMappings, credentials}`; `-` reads standard input. The id is printed.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from integrations.domain.errors import ValidationFailed
from integrations.domain.field_mapping import TRANSFORMS, FieldMapping
from integrations.domain.integration import Integration
from integrations.domain.ulid import new_ulid
from integrations.providers.registry import spec_for
from integrations.storage.credentials import CredentialStore, CredentialVault
from integrations.storage.integrations import IntegrationStore
from integrations.storage.table import Table
from tools.stack.deployment import read_outputs
from tools.stack.description import StackDescription, StackDown, read_description

KEYS = ("type", "name", "config", "fieldMappings", "credentials")


def create_integration(stack: StackDescription, definition: Mapping[str, Any], integration_id: str) -> bool:
    """Validates and stores it; False if the project has one with that id. Raises `ValidationFailed`."""
    _refuse_unknown_keys(definition)
    spec = spec_for(definition["type"])
    integration = _integration(stack.project_id, integration_id, definition)
    listed = _listed_addresses(stack)
    problems = _problems(integration, listed) + spec.credential_address_problems(definition["credentials"], listed)
    if problems:
        raise ValidationFailed("The integration is not valid.", tuple(problems))
    plaintext = spec.credentials_plaintext(definition["credentials"]).decode()
    table = Table(stack.client("dynamodb"), stack.table("integrations"))
    if not IntegrationStore(table).create(integration):
        return False
    vault = CredentialVault(stack.client("kms"), read_outputs(stack.client("cloudformation"))["CredentialsKeyArn"])
    scope, addresses = (stack.project_id, integration_id), spec.addresses(integration.config)
    webhook_secret = definition["credentials"].get("webhookSecret")
    CredentialStore(table).put_credentials(
        *scope,
        vault.seal(*scope, "service", addresses, plaintext),
        vault.seal(*scope, "webhook", addresses, webhook_secret) if webhook_secret else None,
    )
    return True


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
        field_mappings=tuple(_mapping(index, mapping) for index, mapping in enumerate(definition["fieldMappings"])),
        created_at=now,
        updated_at=now,
    )


def _mapping(index: int, mapping: Mapping[str, Any]) -> FieldMapping:
    transform = mapping.get("transform")
    if set(mapping) - {"transform"} != {"source", "target"} or transform not in (None, *TRANSFORMS):
        message = f"takes source, target and transform, which is null or one of {', '.join(TRANSFORMS)}"
        raise ValidationFailed("The field mappings are not valid.", ((f"fieldMappings.{index}", message),))
    return FieldMapping(mapping["source"], mapping["target"], transform)


def _problems(integration: Integration, listed: Sequence[str]) -> list[tuple[str, str]]:
    spec = spec_for(integration.type)
    problems = spec.address_problems(integration.config, listed)
    found = spec.mapping_problems(integration.field_mappings, integration.config)
    return problems + [(f"fieldMappings.{index}.{field}", problem) for index, field, problem in found]


def _listed_addresses(stack: StackDescription) -> list[str]:
    return [urlsplit(simulator["url"]).netloc for simulator in stack.content["simulators"].values()]


def main() -> int:
    """Creates it, or says per field what is wrong."""
    parser = argparse.ArgumentParser(prog="make integration", description=__doc__)
    parser.add_argument("file", help="the definition as JSON, - for standard input")
    name = parser.parse_args().file
    try:
        definition = json.loads(sys.stdin.read() if name == "-" else Path(name).read_text())
        integration_id = f"int_{new_ulid(time.time_ns() // 1_000_000, os.urandom(10)).lower()}"
        create_integration(read_description(), definition, integration_id)
    except ValidationFailed as error:
        print(
            "\n".join([error.message, *(f"  {field}: {problem}" for field, problem in error.details)]), file=sys.stderr
        )
        return 1
    except (OSError, ValueError, StackDown) as error:
        print(error, file=sys.stderr)
        return 1
    print(integration_id)
    return 0


if __name__ == "__main__":
    sys.exit(main())
