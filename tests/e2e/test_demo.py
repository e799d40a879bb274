"""What `make up` leaves behind: a simulator and a demo integration for each service of the registry."""

import json
import uuid
from pathlib import Path

import pytest

from integrations.providers.registry import service_types
from tests.e2e.connected import Connector
from tests.e2e.platform import STACK_FILE, Platform, make
from tests.simulators.local import Demo, local_service

pytestmark = pytest.mark.stack


def demo_of(service: str, platform: Platform) -> Demo:
    """The demo with that service."""
    local = local_service(service)
    demo = local.demo(platform.stack["simulators"][service]) if local else None
    assert demo is not None
    return demo


def test_stack_json_is_for_its_owner_alone(platform: Platform) -> None:
    assert STACK_FILE.stat().st_mode & 0o777 == 0o600


def test_every_service_of_the_registry_has_a_simulator(platform: Platform) -> None:
    assert set(platform.stack["simulators"]) == set(service_types())
    for service in service_types():
        assert platform.simulator(service).admin("GET", "health") == {"service": service, "status": "ok"}


@pytest.mark.parametrize("service", service_types())
def test_the_demo_is_connected_with_every_service(service: str, platform: Platform) -> None:
    answer = platform.call("POST", f"/integrations/int_demo_{service}/test", "write").json()
    assert answer["data"]["connected"] is True, answer


def test_make_integration_creates_one_and_prints_its_id(platform: Platform, tmp_path: Path) -> None:
    file = tmp_path / "definition.json"
    file.write_text(json.dumps(demo_of("sanity", platform).definition))
    created = platform.integration(make("integration", f"FILE={file}").strip())
    assert (created["type"], created["status"], created["credentialsSet"]) == ("sanity", "pending", True)


@pytest.mark.parametrize("service", service_types())
def test_an_integration_with_entity_types_of_its_own_finds_nothing_to_do(
    service: str, platform: Platform, connect_to: Connector
) -> None:
    demo = demo_of(service, platform)
    config = dict(demo.definition["config"])
    [thing] = config.pop("entityTypes").values()
    entity_types = {f"type_{uuid.uuid4().hex[:12]}": thing}
    mappings, credentials = demo.definition["fieldMappings"], demo.definition["credentials"]
    made = connect_to(service, config, mappings, credentials, entity_types)
    assert made.entities() == {}
    job = platform.sync(made.id, direction=demo.direction)
    assert (job["status"], job["progress"]["failed"]) == ("completed", 0), job["logs"]
    assert made.entities() == {}
