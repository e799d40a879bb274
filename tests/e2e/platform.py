"""The deployed stack as its users see it: HTTP, tables, make commands; and the services behind it, by admin routes."""

import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import httpx

from tests.e2e.simulators import SanitySimulator, Simulator

ROOT = Path(__file__).resolve().parents[2]
STACK_FILE = ROOT / ".local" / "stack.json"
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Platform:
    """`stack` is what `.local/stack.json` says."""

    stack: Mapping[str, Any]
    clients: dict[str, Any] = field(default_factory=dict)

    def simulator(self, service: str) -> Simulator:
        """A service's simulator."""
        return Simulator(self.stack["simulators"][service])

    @cached_property
    def sanity(self) -> SanitySimulator:
        """Sanity's simulator."""
        return SanitySimulator(self.stack["simulators"]["sanity"])

    def for_project(self, project_id: str) -> "Platform":
        """The same stack for another project, with keys of its own."""
        keys = {
            level: make("key", f"LEVEL={level}", f"PROJECT={project_id}").strip()
            for level in ("read", "write", "admin")
        }
        return Platform({**self.stack, "projectId": project_id, "keys": keys}, self.clients)

    @cached_property
    def http(self) -> httpx.Client:
        """To the API."""
        return httpx.Client(base_url=self.stack["apiUrl"], timeout=30)

    def call(
        self, method: str, path: str, key: str | None = "admin", body: object = None, **headers: str
    ) -> httpx.Response:
        """A call with one of the stack's keys."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            sent["Authorization"] = f"Bearer {self.stack['keys'][key]}"
        content = None if body is None else json.dumps(body)
        if content is not None:
            sent["Content-Type"] = "application/json"
        return self.http.request(method, f"/api/v1{path}", content=content, headers=sent)

    def trigger(self, integration_id: str, **body: object) -> str:
        """Triggers a sync; the job's id."""
        answer = self.call("POST", f"/integrations/{integration_id}/sync", "write", body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["data"]["jobId"])

    def job(self, job_id: str) -> dict[str, Any]:
        """The job's detail."""
        answer = self.call("GET", f"/jobs/{job_id}", "read")
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"])

    def wait(self, job_id: str, seconds: float = 120) -> dict[str, Any]:
        """The job once it has ended."""
        deadline = time.monotonic() + seconds
        while (job := self.job(job_id))["completedAt"] is None:
            assert time.monotonic() < deadline, f"the job doesn't end: {job}"
            time.sleep(POLL_SECONDS)
        return job

    def sync(self, integration_id: str, seconds: float = 120, **body: object) -> dict[str, Any]:
        """Triggers a sync and waits for its end."""
        return self.wait(self.trigger(integration_id, **body), seconds)

    def integration(self, integration_id: str) -> dict[str, Any]:
        """The integration's detail."""
        answer = self.call("GET", f"/integrations/{integration_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"])

    def aws(self, service: str) -> Any:
        """A client to the emulator, kept until `close`."""
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service,
                endpoint_url=self.stack["awsEndpoint"],
                region_name=self.stack["region"],
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
        return self.clients[service]

    def close(self) -> None:
        """Lets go of connections."""
        self.http.close()
        for client in self.clients.values():
            client.close()

    def entities(self, entity_type: str) -> dict[str, dict[str, Any]]:
        """The entities of a type by id, as they are stored, with their fields as an object."""
        pages = (
            self.aws("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self.stack["tables"]["entities"],
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": f"{self.stack['projectId']}#{entity_type}"}},
            )
        )
        items = [item for page in pages for item in page["Items"]]
        return {
            item["id"]["S"]: {
                "fields": json.loads(item["fields"]["S"]),
                "updatedAt": int(item["updatedAt"]["N"]),
                "raw": item["fields"]["S"],
            }
            for item in items
        }

    def write_entity(self, entity_type: str, entity_id: str, **fields: object) -> int:
        """Creates the entity, or changes some of its fields, as the platform's own store would; its `updatedAt`."""
        key = {"pk": {"S": f"{self.stack['projectId']}#{entity_type}"}, "id": {"S": entity_id}}
        table = self.stack["tables"]["entities"]
        item = self.aws("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        now = time.time_ns() // 1_000_000
        if item:
            fields = {**json.loads(item["fields"]["S"]), **fields}
            now = max(now, int(item["updatedAt"]["N"]) + 1)
        changed = {"fields": {"S": json.dumps(fields, ensure_ascii=False)}, "updatedAt": {"N": str(now)}}
        created = item["createdAt"] if item else changed["updatedAt"]
        self.aws("dynamodb").put_item(TableName=table, Item={**key, **changed, "createdAt": created})
        return now

    def recover(self) -> None:
        """What the schedule does each minute."""
        name = next(
            function["FunctionName"]
            for page in self.aws("lambda").get_paginator("list_functions").paginate()
            for function in page["Functions"]
            if "RecoverJobs" in function["FunctionName"] or "recover" in function["FunctionName"]
        )
        answer = self.aws("lambda").invoke(FunctionName=name, Payload=b"{}")
        assert "FunctionError" not in answer, answer["Payload"].read()


def make(*arguments: str, seconds: float = 600) -> str:
    """A make command as a user types it; its output."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
    }
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"make {' '.join(arguments)}: {done.stdout}\n{done.stderr}"
    return done.stdout


def load_platform() -> Platform:
    """The stack that is up."""
    return Platform(json.loads(STACK_FILE.read_text()))
