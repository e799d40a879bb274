"""Two projects on the running stack, and keys: what is ours to try, and what must never be seen."""

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import httpx

from integrations.domain.api_key import Level
from integrations.domain.entity import Entity
from integrations.storage.api_keys import ApiKeyStore
from integrations.storage.table import Table
from tests.fuzz.deliveries import NAMED, SECRET
from tools.api_keys import create_key
from tools.create_integration import create_integration
from tools.stack.demo import demos, entity_store
from tools.stack.description import StackDescription

LEVELS: tuple[Level, ...] = ("read", "write", "admin")
WRONG = "wrong"
ENTITIES = 6
FIRST_CALL_SECONDS = 60


@dataclass(frozen=True)
class World:
    """`definitions` are what integrations are made of, by service; `ready` ones have working credentials and are only
    read, synced and tested, `changing` ones get changes and credentials. The `foreign` ids are another project's, all
    of whose content holds `mark`; none of the ids does."""

    api_url: str
    project_id: str
    foreign_project_id: str
    mark: str
    keys: Mapping[str, str]
    definitions: Mapping[str, Mapping[str, Any]]
    entities: list[str]
    ready: Mapping[str, str]
    changing: Mapping[str, str]
    jobs: list[str]
    foreign: Mapping[str, str]
    foreign_entity_id: str

    def as_json(self) -> str:
        """For another process."""
        return json.dumps(asdict(self))


def furnish(stack: StackDescription) -> World:
    """Makes both projects."""
    name = f"fuzz-{uuid.uuid4().hex[:8]}"
    foreign, mark = f"{name}-other", f"foreign{uuid.uuid4().hex}"
    store = ApiKeyStore(Table(stack.client("dynamodb"), stack.table("integrations")))
    keys = {level: create_key(store, [name], level, "enterprise") for level in LEVELS}
    foreign_key = create_key(store, [foreign], "admin", "enterprise")
    plain = {demo.definition["type"]: demo.definition for demo in demos(stack.content["simulators"]).values()}
    definitions = {type: _signing(type, definition) for type, definition in plain.items()}
    with _api(stack, keys["admin"]) as ours, _api(stack, foreign_key) as theirs:
        ready = {create_integration(ours, each): type for type, each in definitions.items()}
        changing = {create_integration(ours, each): type for type, each in definitions.items()}
        return World(
            api_url=stack.api_url,
            project_id=name,
            foreign_project_id=foreign,
            mark=mark,
            keys={**keys, WRONG: "ds_" + "0" * 43},
            definitions=definitions,
            ready=ready,
            changing=changing,
            entities=_entities(stack, name, "Ours"),
            jobs=[_job(ours, integration) for integration in ready],
            foreign=_foreign(theirs, plain["sanity"], mark),
            foreign_entity_id=_entities(stack, foreign, mark)[0],
        )


def _signing(type: str, definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """With the secret of its webhooks, if the service has any."""
    secret = {"webhookSecret": SECRET} if type in NAMED else {}
    return {**definition, "credentials": {**definition["credentials"], **secret}}


def _entities(stack: StackDescription, project: str, title: str) -> list[str]:
    """Articles, and the subscribers whose addresses are theirs."""
    store, now = entity_store(stack), time.time_ns() // 1_000_000
    ids = [f"{project}/{number}" for number in range(ENTITIES)]
    for number, identifier in enumerate(ids):
        fields = {"title": title, "body": f"# {title}", "email": f"{number}@example.com", "path": f"/{number}"}
        store.create(project, Entity(identifier, ("article", "subscriber")[number % 2], fields, now, now))
    return ids


def _foreign(api: httpx.Client, definition: Mapping[str, Any], mark: str) -> dict[str, str]:
    marked = {**definition, "name": mark, "config": {**definition["config"], "entityTypes": {mark: mark}}}
    integration = create_integration(api, marked)
    answer = api.post(f"/integrations/{integration}/sync", json={"entityIds": [mark]})
    return {"integration_id": integration, "job_id": str(answer.raise_for_status().json()["data"]["jobId"])}


def _job(api: httpx.Client, integration_id: str) -> str:
    return str(api.post(f"/integrations/{integration_id}/sync").raise_for_status().json()["data"]["jobId"])


@contextmanager
def _api(stack: StackDescription, key: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(
        base_url=f"{stack.api_url}/api/v1", headers=headers, timeout=FIRST_CALL_SECONDS, trust_env=False
    ) as client:
        yield client
