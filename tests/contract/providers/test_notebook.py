"""The example of `docs/adding-a-provider.md` keeps the contract like any other service."""

from collections.abc import Iterator

import pytest

from integrations.providers import registry
from integrations.providers.registry import service_types, spec_for
from tests.contract.providers.conformance import CheckConformance, PushConformance
from tests.contract.providers.notebook_kit import notebook_kit
from tests.contract.providers.reading_conformance import PullConformance
from tests.simulators.process import start_simulator


@pytest.fixture(scope="module")
def notebook() -> Iterator:
    with start_simulator("notebook") as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setattr(registry, "_PACKAGES", {**registry._PACKAGES, "notebook": "tests.examples.notebook"})


@pytest.fixture
def kit(notebook):
    notebook.admin.reset()
    return notebook_kit(notebook)


def test_the_registry_is_all_that_has_to_know_it():
    assert "notebook" in service_types()
    assert spec_for("notebook").label == "Notebook"


class TestCheck(CheckConformance):
    pass


class TestPush(PushConformance):
    pass


class TestPull(PullConformance):
    pass
