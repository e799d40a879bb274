"""Both tables as a deployment makes them, in one place for every test that needs them."""

from typing import Any
from uuid import uuid4

INTEGRATIONS_TABLE: dict[str, Any] = {
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
        {"AttributeName": "dueShard", "AttributeType": "S"},
        {"AttributeName": "dueAt", "AttributeType": "N"},
        {"AttributeName": "statusPartition", "AttributeType": "S"},
        {"AttributeName": "jobId", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "DueIndex",
            "KeySchema": [
                {"AttributeName": "dueShard", "KeyType": "HASH"},
                {"AttributeName": "dueAt", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["projectId", "integrationId"]},
        },
        {
            "IndexName": "JobStatusIndex",
            "KeySchema": [
                {"AttributeName": "statusPartition", "KeyType": "HASH"},
                {"AttributeName": "jobId", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
    ],
    "BillingMode": "PAY_PER_REQUEST",
}

ENTITIES_TABLE: dict[str, Any] = {
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "updatedAt", "AttributeType": "N"},
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "id", "KeyType": "RANGE"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "StampIndex",
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "id", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["updatedAt", "archivedAt"]},
        },
        {
            "IndexName": "UpdatedIndex",
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "updatedAt", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["archivedAt"]},
        },
    ],
    "BillingMode": "PAY_PER_REQUEST",
}


def create_table(client: Any, definition: dict[str, Any]) -> str:
    """Makes a table of its own for one test; its name."""
    name = f"table-{uuid4().hex}"
    client.create_table(TableName=name, **definition)
    return name
