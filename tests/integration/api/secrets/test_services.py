"""Whatever a service does to us, and whatever it says, none of the credentials comes out of the deployment anywhere.

The clients alone are tried with all ways in `test_clients`; here are those that end in places of their own.
"""

import pytest

from tests.integration.api.secrets.conftest import SetStage
from tests.integration.api.secrets.hostile import MISBEHAVIOURS, OF_TOKENS
from tests.integration.api.secrets.listening import Everything
from tests.integration.api.secrets.plants import PLANTS, plants
from tests.integration.api.secrets.stage import Lines

WAYS = {
    "refuses with 400": "records are rejected, or the configuration",
    "refuses with 401": "the credentials are refused",
    "asks to wait": "the job waits",
    "names others": "suggestions name what there is",
    "describes itself": "connected",
    "times out": "nobody answers",
}
"""With what comes of it."""
CASES = [(plant, way) for plant in PLANTS if plant != "posthog events" for way in WAYS]
CASES += [(plant, way) for plant in PLANTS if plant.startswith("search") for way in tuple(OF_TOKENS)[::3]]


@pytest.mark.parametrize(("plant", "way"), CASES)
def test_a_service_brings_no_secret_to_light(
    plant: str, way: str, set_stage: SetStage, lines: Lines, heard: Everything
):
    stage = set_stage(plants()[plant], {**MISBEHAVIOURS, **OF_TOKENS}[way])
    ids = [stage.plant_one() for _ in ("test", *stage.plant.directions)]
    assert stage.test_connection(ids[0]).status == 200
    stage.peek(ids[0])
    for id, direction in zip(ids[1:], stage.plant.directions, strict=True):
        assert stage.sync(id, direction).body["data"]["logs"]
    stage.look(*ids)
    assert not stage.leaks({"log": lines.text(), "other logs and exceptions": " ".join(heard.said)})
