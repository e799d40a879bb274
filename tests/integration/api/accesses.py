"""What a function asks of DynamoDB and the scheduler, as IAM sees it, and whether its role allows that."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import boto3

from tools.stack.built_template import resources_of
from tools.stack.places import ROOT

RESOURCES = resources_of(ROOT / "template.yaml")
TABLE = {"GetAtt": "IntegrationsTable.Arn"}
SCHEDULES = {"Sub": "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/${ScheduleGroup}/*"}


@dataclass(frozen=True)
class Access:
    """One item, partition or schedule touched: an IAM action, the resource as the template names it, the partition key
    or the schedules' group."""

    action: str
    resource: Any
    partition: str


@contextmanager
def listed() -> Iterator[list[Access]]:
    """What is asked of both from now on, by clients made from now on."""
    found: list[Access] = []

    def note(params: Mapping[str, Any], model: Any, **_: object) -> None:
        found.extend(_accesses(model.name, params))

    def note_schedule(params: Mapping[str, Any], model: Any, **_: object) -> None:
        found.append(Access(f"scheduler:{model.name}", SCHEDULES, params["GroupName"]))

    boto3.setup_default_session()
    boto3.DEFAULT_SESSION.events.register("before-parameter-build.dynamodb", note)
    boto3.DEFAULT_SESSION.events.register("before-parameter-build.scheduler", note_schedule)
    try:
        yield found
    finally:
        boto3.setup_default_session()


def _accesses(operation: str, params: Mapping[str, Any]) -> Iterator[Access]:
    match operation:
        case "TransactWriteItems":
            for item in params["TransactItems"]:
                for kind, action in item.items():
                    yield from _accesses("ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item", action)
        case "BatchGetItem":
            for name, asked in params["RequestItems"].items():
                yield from (_of_item(operation, name, key) for key in asked["Keys"])
        case "BatchWriteItem":
            for name, asked in params["RequestItems"].items():
                yield from (_of_item(operation, name, _written(request)) for request in asked)
        case "Query":
            table, index = _table(params["TableName"]), params.get("IndexName")
            resource = {"Sub": f"${{{table}.Arn}}/index/{index}"} if index else {"GetAtt": f"{table}.Arn"}
            name = params["KeyConditionExpression"].split()[2]
            yield Access("dynamodb:Query", resource, params["ExpressionAttributeValues"][name]["S"])
        case _:
            yield _of_item(operation, params["TableName"], params.get("Key") or params["Item"])


def _written(request: Mapping[str, Any]) -> Mapping[str, Any]:
    put, delete = request.get("PutRequest"), request.get("DeleteRequest")
    item: Mapping[str, Any] = put["Item"] if put else delete["Key"] if delete else {}
    return item


def _of_item(operation: str, table: str, key: Mapping[str, Any]) -> Access:
    return Access(f"dynamodb:{operation}", {"GetAtt": f"{_table(table)}.Arn"}, key["pk"]["S"])


def _table(name: str) -> str:
    return "EntitiesTable" if name == os.environ.get("ENTITIES_TABLE") else "IntegrationsTable"


def role_of(function: str) -> list[Mapping[str, Any]]:
    """The statements of its role."""
    policies = RESOURCES[function]["Properties"]["Policies"]
    return [statement for policy in policies for statement in policy["Statement"]]


def allows(statement: Mapping[str, Any], access: Access) -> bool:
    """Whether the statement allows it, partition included."""
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
    conditions = statement.get("Condition", {})
    leading = conditions.get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys", ["*"])
    return (
        access.action in actions
        and access.resource in resources
        and any(fnmatchcase(access.partition, pattern) for pattern in leading)
    )


def refused(function: str, accesses: list[Access]) -> list[Access]:
    """Those that the function's role would refuse."""
    return [access for access in accesses if not any(allows(each, access) for each in role_of(function))]
