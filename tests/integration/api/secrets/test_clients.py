"""The services' clients alone, whatever is done to them: neither their outcomes nor their errors hold a secret."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integrations.domain.errors import ServiceError
from integrations.domain.field_mapping import FieldMapping
from integrations.domain.integration import Integration
from integrations.providers.contract import OutgoingRecord
from integrations.providers.registry import connect
from tests.integration.api.secrets.hostile import MISBEHAVIOURS, OF_TOKENS, network
from tests.integration.api.secrets.listening import Everything, told
from tests.integration.api.secrets.plants import ACCESS_TOKEN, PLANTS, Plant, marks_in, plants
from tests.unit.providers.surroundings import FakeTime, settings_with

OF_GOOGLE = tuple(name for name in PLANTS if name.startswith("search console"))
WAYS = {**MISBEHAVIOURS, **OF_TOKENS}
CASES = [(plant, way) for plant in PLANTS for way in MISBEHAVIOURS] + [
    (plant, way) for plant in OF_GOOGLE for way in OF_TOKENS
]


def _operations(provider: Any, plant: Plant) -> Iterator[Callable[[], object]]:
    """All that the engine may ask of it."""
    types = list(plant.config["entityTypes"].values())
    id = "email=reader@example.com" if plant.type == "loops" else "x-1"
    yield provider.check
    if "push" in plant.directions:
        records = [_record(number, plant, types[0]) for number in range(2)]
        yield lambda: provider.push_batch(records, "job")
    if hasattr(provider, "delete_batch"):
        yield lambda: provider.delete_batch([id], "job")
    if hasattr(provider, "pull_page"):
        yield lambda: provider.pull_page(types, provider.first_cursor(None))
    if hasattr(provider, "read_records"):
        yield lambda: provider.read_records([id])
    if hasattr(provider, "swept_ids"):
        yield lambda: provider.swept_ids(types[0])
        yield lambda: provider.existing_ids([id])
    if hasattr(provider, "fields"):
        yield provider.fields
    if hasattr(provider, "figures_page"):
        yield lambda: provider.figures_page(provider.first_figures_cursor())


def _record(number: int, plant: Plant, remote_type: str) -> OutgoingRecord:
    targets = {target: f"reader-{number}@example.com" for _, target in plant.mappings}
    known = {"known": number > 0, "expected_revision": "r1" if number else None}
    return OutgoingRecord(f"e{number}", f"x-{number}", remote_type, targets, frozenset(targets), **known)


@pytest.mark.parametrize(("plant", "way"), CASES)
def test_a_client_tells_nothing_of_its_credentials(plant: str, way: str, heard: Everything):
    planted = plants()[plant]
    settings = settings_with(network(planted, WAYS[way]), FakeTime())
    mappings = tuple(FieldMapping(*names) for names in planted.mappings)
    integration = Integration("demo", "int_1", planted.type, "Planted", "active", planted.config, mappings, 0, 0)
    provider = connect(integration, json.dumps(planted.credentials).encode(), settings)
    said = []
    for operate in _operations(provider, planted):
        try:
            said.append(str(operate()))
        except ServiceError as error:
            said.append(told(error))
    provider.close()
    assert said
    assert not marks_in(" ".join([*said, *heard.said]), (*planted.secrets, ACCESS_TOKEN))
