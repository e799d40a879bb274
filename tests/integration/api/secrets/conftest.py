"""The stage on which secrets are planted."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from integrations.api.log import log
from integrations.providers.shared_pacer import SharedPacers, Timing
from integrations.runtime import connecting
from integrations.runtime import worker as worker_runtime
from integrations.runtime.api import services
from integrations.storage.budgets import BudgetStore
from integrations.storage.table import Table
from tests.api_world import World
from tests.contract.storage.tables import create_table, table_definitions
from tests.integration.api.secrets.hostile import Misbehaviour, network
from tests.integration.api.secrets.listening import Everything, listening
from tests.integration.api.secrets.plants import Plant
from tests.integration.api.secrets.stage import Lines, Stage, load_worker
from tests.unit.providers.surroundings import FakeTime, settings_with

WORKER = {"LEASE_SECONDS": "60", "SLICE_SECONDS": "60", "WORKERS_MAXIMUM": "10", "EVENT_BUS_NAME": "default"}

type SetStage = Callable[[Plant, Misbehaviour], Stage]


@pytest.fixture
def table(dynamodb: Any) -> Iterator[Table]:
    """The functions' tables, queue and key, of each test's own, so that all that is in them is the test's."""
    integrations, entities = table_definitions("IntegrationsTable", "EntitiesTable")
    with pytest.MonkeyPatch.context() as patch:
        name = create_table(dynamodb, integrations)
        variables = {
            "INTEGRATIONS_TABLE": name,
            "ENTITIES_TABLE": create_table(dynamodb, entities),
            "SYNC_QUEUE_URL": boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"],
            "CREDENTIALS_KEY_ID": boto3.client("kms").create_key()["KeyMetadata"]["KeyId"],
            **WORKER,
        }
        for variable, value in variables.items():
            patch.setenv(variable, value)
        yield Table(dynamodb, name)
        for made in (name, variables["ENTITIES_TABLE"]):
            dynamodb.delete_table(TableName=made)


@pytest.fixture(scope="package")
def worker(aws: None) -> Any:
    """The worker's handler."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POWERTOOLS_SERVICE_NAME", "worker")
        return load_worker()


@pytest.fixture
def lines(worker: Any) -> Iterator[Lines]:
    """The functions' own logs."""
    lines = Lines()
    lines.take_from(log())
    lines.take_from(worker.logger)
    yield lines
    for undo in lines.restore:
        undo()


@pytest.fixture
def heard() -> Iterator[Everything]:
    """All other loggers, and exceptions."""
    with listening() as everything:
        yield everything


@pytest.fixture
def set_stage(world: World, worker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SetStage]:
    """Puts a plant on the stage, before a service that misbehaves."""
    for cached in (services, worker_runtime.worker_runtime):
        cached.cache_clear()

    def set_up(plant: Plant, misbehave: Misbehaviour) -> Stage:
        time, real = FakeTime(), connecting.connection_settings
        faked = settings_with(network(plant, misbehave), time)

        def settings(*given: Any) -> Any:
            pacers = SharedPacers(BudgetStore(given[1]), Timing(faked.unix_time, time, time.sleep, lambda: 0.5))
            names = ("transport", "monotonic", "unix_time", "sleep", "random", "resolve")
            changes = {name: getattr(faked, name) for name in names}
            return replace(real(*given), pacer_for=pacers.of, **changes)

        monkeypatch.setattr(connecting, "connection_settings", settings)
        monkeypatch.setattr(worker_runtime, "connection_settings", settings)
        stage = Stage(plant, world, worker)
        stage.add_entities()
        return stage

    yield set_up
    for cached in (services, worker_runtime.worker_runtime):
        cached.cache_clear()
