"""Notebook on a local stack whose registry has it."""

import secrets as random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.simulators.admin_client import AdminClient
from tests.simulators.local import Demo


def new_secrets() -> dict[str, Any]:
    """A token."""
    return {"token": random.token_hex(16)}


def switches(secrets: Mapping[str, Any]) -> dict[str, Any]:
    """The one token."""
    return dict(secrets)


def access(secrets: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The token: it names the notebook by itself."""
    return dict(secrets)


def seed(admin: AdminClient, pages: Sequence[str], now: datetime) -> None:
    """Nothing: the notebook begins empty."""


def demo(where: Mapping[str, Any]) -> Demo | None:
    """None: it is there for tests."""
    return None
