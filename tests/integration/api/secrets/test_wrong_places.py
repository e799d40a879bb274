"""Credentials put where they don't belong: refused, and repeated by nobody."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.integration.api.managing import call
from tests.integration.api.secrets.conftest import SetStage
from tests.integration.api.secrets.hostile import MISBEHAVIOURS
from tests.integration.api.secrets.listening import Everything
from tests.integration.api.secrets.plants import PLANTS, Plant, plants
from tests.integration.api.secrets.stage import Lines


def _misplaced(plant: Plant) -> Iterator[object]:
    """Bodies of PUT …/credentials, as objects or text."""
    right = plant.credentials
    values = tuple(right.values())
    yield dict(zip(right, values[1:] + values[:1], strict=True))
    for name, value in right.items():
        text = value if isinstance(value, str) else json.dumps(value)
        others = {key: other for key, other in right.items() if key != name}
        yield {**right, "other": value}
        yield {**others, f"{name}s": value}
        yield {**others, text[:40]: "x"}
        yield from ({**others, name: wrong} for wrong in ([value], {"x": value}, {text: 1}, f"{text} {text}"))
        yield from ({**others, name: wrong} for wrong in (text * 50, f"{text}\n", f"{text}\ud800", f"\x00{text}"))
        yield from (value, [value], text, f'{{"{name}": "{text}', f"{name}={text}", f'{{"{name}": {text}}}')
    if "serviceAccount" in right:
        yield from ({"serviceAccount": broken} for broken in _broken_key_files(right["serviceAccount"]))


def _broken_key_files(key_file: Mapping[str, Any]) -> Iterator[object]:
    private_key = key_file["private_key"]
    yield {**key_file, "private_key": private_key.replace("-----BEGIN", "----BEGIN")}
    yield {**key_file, "private_key": private_key.replace("\n", "")[:300]}
    yield {**key_file, "private_key": [private_key]}
    yield from ({**key_file, name: private_key} for name in ("client_email", "private_key_id", "token_uri"))
    yield {**key_file, "token_uri": f"https://{private_key[60:100]}@example.com/token"}
    yield json.dumps(key_file)[:-1]
    yield private_key


@pytest.mark.parametrize("plant", PLANTS)
def test_a_misplaced_secret_is_repeated_by_nobody(plant: str, set_stage: SetStage, lines: Lines, heard: Everything):
    stage = set_stage(plants()[plant], MISBEHAVIOURS["refuses with 401"])
    id = stage.plant_one()
    statuses = {
        stage.keep(call(stage.world, "PUT", f"/integrations/{id}/credentials", body)).status
        for body in _misplaced(stage.plant)
    }
    definition = stage.plant.definition
    for value in stage.plant.credentials.values():
        for wrong in ({"credentials": value}, {"config": {**definition["config"], "token": value}}, {"config": value}):
            statuses.add(stage.keep(call(stage.world, "POST", "/integrations", {**definition, **wrong})).status)
            answer = call(stage.world, "PATCH", f"/integrations/{id}", wrong, If_Match="1")
            statuses.add(stage.keep(answer).status)
        answer = call(stage.world, "POST", f"/integrations/{id}/sync", {"direction": value})
        statuses.add(stage.keep(answer).status)
    stage.look(id)
    assert statuses <= {204, 400, 415, 422}
    assert statuses >= {400, 422}
    assert not stage.leaks({"log": lines.text(), "other logs and exceptions": " ".join(heard.said)})
