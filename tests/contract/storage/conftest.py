"""Every contract is tried on both implementations: `world` is one, then the other; `dynamo` the real one alone.

The real one stands on moto, or on whatever DynamoDB answers at CONTRACT_ENDPOINT (http://127.0.0.1:…).
"""

import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.contract.storage.tables import table_definitions
from tests.contract.storage.world import DynamoWorld, FakeWorld, World


@pytest.fixture(scope="session")
def aws() -> Iterator[None]:
    """moto in process, for the whole suite."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        if os.environ.get("CONTRACT_ENDPOINT"):
            patch.setenv("AWS_ENDPOINT_URL", os.environ["CONTRACT_ENDPOINT"])
            yield
        else:
            with mock_aws():
                yield


@pytest.fixture(scope="session")
def dynamodb(aws: None) -> Any:
    """A client, which takes its time to be made."""
    return boto3.client("dynamodb")


@pytest.fixture(scope="session")
def definitions() -> list[dict[str, Any]]:
    """Of both tables, which take their time to be read."""
    return table_definitions("IntegrationsTable", "EntitiesTable")


@pytest.fixture
def dynamo(dynamodb: Any, definitions: list[dict[str, Any]]) -> DynamoWorld:
    """The real stores."""
    return DynamoWorld(dynamodb, definitions)


@pytest.fixture(params=["memory", "dynamodb"])
def world(request: pytest.FixtureRequest) -> World:
    """Both, one after the other."""
    if request.param == "memory":
        return FakeWorld()
    return request.getfixturevalue("dynamo")
