"""What the transformed template lets each role do, and what docs/roles.md says of it, as the same rows."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tools.stack.places import ROOT

TABLE = ROOT / "docs/roles.md"
TRANSLATOR = ROOT / ".local/venvs/sam/bin/python"
MANAGED = "policy "
"""An action that is a policy of AWS's, for whatever it names."""


@dataclass(frozen=True, order=True)
class Grant:
    """One action on one resource. `limit` is what narrows it further: the partition keys, or a condition."""

    role: str
    action: str
    resource: str
    limit: str

    def __str__(self) -> str:
        return f"| {self.role} | {self.action} | {self.resource} | {self.limit} |"


@cache
def transformed() -> Mapping[str, Any]:
    """The resources as CloudFormation gets them: with what SAM adds to roles by itself."""
    environment = {**os.environ, "AWS_DEFAULT_REGION": "eu-central-1"}
    command = [str(TRANSLATOR), str(ROOT / "tools/transform_template.py"), str(ROOT / "template.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    resources: Mapping[str, Any] = json.loads(done.stdout)["Resources"]
    return resources


def of_type(kind: str) -> Mapping[str, Mapping[str, Any]]:
    """The properties of all resources of a type by logical id."""
    return {name: each["Properties"] for name, each in transformed().items() if each["Type"] == kind}


def granted() -> set[Grant]:
    """Every grant of every role and of the boundary."""
    found = {grant for role, given in of_type("AWS::IAM::Role").items() for grant in _of_role(role, given)}
    for name, given in of_type("AWS::IAM::Policy").items():
        assert "Users" not in given and "Groups" not in given, name
        for role in given["Roles"]:
            found |= _of_policy(role["Ref"].removesuffix("Role"), given)
    for name, given in of_type("AWS::IAM::ManagedPolicy").items():
        found |= _of_policy(name, given)
    return found


def _of_policy(role: str, policy: Mapping[str, Any]) -> set[Grant]:
    return {grant for each in policy["PolicyDocument"]["Statement"] for grant in grants_of(role, each)}


def _of_role(role: str, given: Mapping[str, Any]) -> Iterator[Grant]:
    name = role.removesuffix("Role")
    for arn in given.get("ManagedPolicyArns", []):
        yield Grant(name, f"{MANAGED}{_text(arn).rpartition('/')[2]}", "*", "")
    for policy in given.get("Policies", []):
        yield from _of_policy(name, policy)


def grants_of(role: str, statement: Mapping[str, Any]) -> Iterator[Grant]:
    """A statement's, one for each action and resource."""
    assert statement["Effect"] == "Allow"
    for action in _listed(statement["Action"]):
        for resource in _listed(statement["Resource"]):
            yield Grant(role, action, _text(resource), _limit(statement.get("Condition", {})))


def _limit(condition: Mapping[str, Any]) -> str:
    if "Fn::If" in condition:
        _, local, deployed = condition["Fn::If"]
        assert local == {"Ref": "AWS::NoValue"}
        condition = deployed
    found = [
        f"{key.rpartition(':')[2]} {', '.join(_listed(value))}"
        for test in condition.values()
        for key, value in test.items()
    ]
    return "; ".join(found).replace("LeadingKeys ", "")


def _text(value: Any) -> str:
    """`Table`, `Table/index/Name`, or the pattern of an ARN after its account."""
    match value:
        case str():
            return value
        case {"Fn::GetAtt": [name, "Arn"]} | {"Fn::GetAtt": name}:
            return str(name).removesuffix(".Arn")
        case {"Fn::Sub": text}:
            return str(text).replace("${", "").replace(".Arn}", "").rpartition("AWS::AccountId}:")[2].replace("}", "")
    message = f"a resource in a form that the table has no words for: {value}"
    raise ValueError(message)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def documented() -> set[Grant]:
    """What docs/roles.md lists; a row may hold several actions."""
    rows = [line for line in TABLE.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in rows]
    return {
        Grant(role, action, resource, limit)
        for role, actions, resource, limit, *_ in (row for row in cells if row[0] not in ("role", "---"))
        for action in actions.split(", ")
    }
