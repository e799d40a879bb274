"""Integrations that tests work with: made by `make integration`, each with entity types of its own."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.domain.identity import external_id_of_entity
from tests.e2e.platform import Platform
from tests.e2e.simulators import SanitySimulator, Simulator
from tools.create_integration import admin_client, create_integration
from tools.stack.description import StackDescription


@dataclass(frozen=True)
class ConnectedService:
    """An integration of one test alone. `entity_types` maps its entity types to things of the service."""

    platform: Platform
    service: str
    id: str
    entity_types: Mapping[str, str]

    @property
    def simulator(self) -> Simulator:
        """The service."""
        return self.platform.simulator(self.service)

    @property
    def entity_type(self) -> str:
        """The entity type, the first if it maps several."""
        return next(iter(self.entity_types))

    def entity_id(self, name: str) -> str:
        """The id of the test's entity of that name: records of different tests must not share an id."""
        return f"{self.entity_type}-{name}"

    def write(self, name: str, **fields: object) -> None:
        """Creates or changes an entity."""
        self.platform.write_entity(self.entity_type, self.entity_id(name), **fields)

    def entities(self) -> dict[str, dict[str, Any]]:
        """The entities, by name; imported ones by id."""
        stored = self.platform.entities(self.entity_type)
        return {entity_id.removeprefix(f"{self.entity_type}-"): entity for entity_id, entity in stored.items()}

    def push(self, **body: object) -> dict[str, Any]:
        """Pushes and waits; the ended job."""
        return self.platform.sync(self.id, direction="push", **body)

    def pull(self, **body: object) -> dict[str, Any]:
        """Pulls and waits; the ended job."""
        return self.platform.sync(self.id, direction="pull", **body)


@dataclass(frozen=True)
class Connected(ConnectedService):
    """With Sanity's words."""

    @property
    def sanity(self) -> SanitySimulator:
        """The service."""
        return self.platform.sanity

    @property
    def document_type(self) -> str:
        """The `_type` of the test's documents."""
        return self.entity_types[self.entity_type]

    def documents(self) -> dict[str, dict[str, Any]]:
        """The documents, by id."""
        return self.sanity.documents(self.document_type)

    def document_id(self, name: str) -> str:
        """The id of the document that the test's entity makes."""
        return external_id_of_entity(self.platform.stack["projectId"], self.entity_id(name))


@dataclass(frozen=True)
class Connector:
    """Makes integrations of any service."""

    platform: Platform

    def __call__(
        self,
        service: str,
        config: Mapping[str, Any],
        mappings: list[dict[str, Any]],
        credentials: Mapping[str, Any],
        entity_types: Mapping[str, str],
    ) -> ConnectedService:
        """One with these; `config` goes without `entityTypes`."""
        return ConnectedService(
            self.platform, service, self._create(service, config, mappings, credentials, entity_types), entity_types
        )

    def to_sanity(
        self, config: Mapping[str, Any], mappings: list[dict[str, Any]], token: str | None = None
    ) -> Connected:
        """An integration with the stack's dataset, with an entity type and a document type of its own."""
        access = self.platform.sanity.access
        name = uuid.uuid4().hex[:12]
        entity_types = {f"type_{name}": f"doc_{name}"}
        where = {"projectId": access["projectId"], "dataset": access["dataset"], "apiHost": access["url"]}
        credentials = {"token": token or access["token"]}
        made = self._create("sanity", {**where, **config}, mappings, credentials, entity_types)
        return Connected(self.platform, "sanity", made, entity_types)

    def _create(
        self,
        service: str,
        config: Mapping[str, Any],
        mappings: list[dict[str, Any]],
        credentials: Mapping[str, Any],
        entity_types: Mapping[str, str],
    ) -> str:
        name = uuid.uuid4().hex[:12]
        definition = {
            "type": service,
            "name": f"Test {name}",
            "config": {"entityTypes": entity_types, **config},
            "fieldMappings": mappings,
            "credentials": credentials,
        }
        with admin_client(StackDescription(self.platform.stack)) as api:
            return create_integration(api, definition)
