"""`make integration FILE=<json>`: creates an integration in the demo project through the API, credentials included.

The file holds `{type, name, config, fieldMappings, credentials}`; `-` reads standard input. The id is printed.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from integrations.domain.errors import ValidationFailed
from tools.stack.description import StackDescription, StackDown, read_description

KEYS = ("type", "name", "config", "fieldMappings", "credentials")
CALL_SECONDS = 60.0
"""The first call of a function on the emulator starts a process."""


def create_integration(api: httpx.Client, definition: Mapping[str, Any]) -> str:
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


def complete_integration(api: httpx.Client, integration_id: str, definition: Mapping[str, Any]) -> None:
    """Gives one that is new all that its definition says, and its credentials. Raises `ValidationFailed` for what the
    API refuses."""
    _refuse_unknown_keys(definition)
    given = {name: definition[name] for name in ("config", "fieldMappings")}
    path = f"/integrations/{integration_id}"
    _accepted(api.patch(path, json=given, headers={"If-Match": "1"}))
    _accepted(api.put(f"{path}/credentials", json=definition["credentials"]))


@contextmanager
def admin_client(stack: StackDescription) -> Iterator[httpx.Client]:
    """To the stack's API, with the key that may manage."""
    headers = {"Authorization": f"Bearer {stack.key('admin')}"}
    base_url = f"{stack.api_url}/api/v1"
    with httpx.Client(base_url=base_url, headers=headers, timeout=CALL_SECONDS, trust_env=False) as api:
        yield api


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


def main() -> int:
    """Creates it, or says per field what is wrong."""
    parser = argparse.ArgumentParser(prog="make integration", description=__doc__)
    parser.add_argument("file", help="the definition as JSON, - for standard input")
    name = parser.parse_args().file
    try:
        definition = json.loads(sys.stdin.read() if name == "-" else Path(name).read_text())
        with admin_client(read_description()) as api:
            print(create_integration(api, definition))
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
