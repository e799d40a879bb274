"""Our count of units beside DynamoDB Local's own: `python -m tests.benchmarks.capacity`, in an isolated process.

Prints JSON: each run of `costs`, with the units that we counted and those that were consumed. KMS and SQS are moto's.
"""

import json
import os
import sys
from typing import Any

import boto3
from moto import mock_aws

from tests.benchmarks import consumed, costs, dynamodb_local
from tests.benchmarks.place import place_with_key
from tests.benchmarks.usage import Measured


def main() -> None:
    """Runs all of `costs`."""
    os.environ |= {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    with dynamodb_local.running() as endpoint, mock_aws():
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint
        total = consumed.listen()
        key_id = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
        with place_with_key(key_id) as place:
            json.dump([_described(measured) for measured in costs.exchanges(place, total)], sys.stdout)


def _described(measured: Measured) -> dict[str, Any]:
    counted, consumed = measured.usage, measured.consumed
    return {
        "run": measured.label,
        "counted": {"read": counted.read_units, "write": counted.write_units},
        "consumed": {
            "read": consumed.read_units,
            "absent": consumed.absent,
            "write": consumed.write_units,
            "writeInIndexes": consumed.index_write_units,
        },
    }


if __name__ == "__main__":
    main()
