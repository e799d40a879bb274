"""A unit test opens no socket: whoever tries gets an error that names the test."""

import pytest


@pytest.fixture(autouse=True)
def no_sockets(socket_disabled: None) -> None:
    """pytest-socket's, for every unit test."""
