"""API keys by their SHA-256. The authorizer's cold start is this module and its imports: no pydantic, no Powertools."""

from integrations.domain.api_key import ApiKey
from integrations.storage import keys
from integrations.storage.attributes import Item
from integrations.storage.expressions import Action, Put, Query, Update
from integrations.storage.table import ConditionFailed, Table

PROJECTS_MAXIMUM = 99
"""A key and its projects' items are written in one transaction."""


class ApiKeyStore:
    """Stands on IntegrationsTable. The key itself is never here, only its hash in hex."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, key_sha256_hex: str) -> ApiKey | None:
        """The key's record as it is now; a revoked one says since when."""
        item = self._table.get(keys.api_key(key_sha256_hex))
        return _from_item(item) if item else None

    def list(self, project_id: str) -> list[ApiKey]:
        """The keys that serve the project, revoked ones too, the oldest first."""
        query = Query("#pk = :pk", {"pk": keys.api_keys(project_id)}, consistent=True)
        items = self._table.batch_get(keys.api_key(item["sk"]) for item in self._table.query(query))
        found = [_from_item(item) for item in items]
        return sorted((key for key in found if project_id in key.project_ids), key=lambda key: (key.created_at, key.id))

    def put(self, key: ApiKey, created_at: int) -> None:
        """Stores a new key, for 99 projects at most, or changes what one may do; one that was revoked stays so only if
        `key` says so."""
        item = {
            **keys.api_key(key.id),
            "level": key.level,
            "projectIds": list(key.project_ids),
            "plan": key.plan,
            "createdAt": created_at,
        }
        actions: dict[str, Action] = {"key": Put(item | ({"revokedAt": key.revoked_at} if key.revoked_at else {}))}
        for project_id in dict.fromkeys(key.project_ids):
            actions[f"project {project_id}"] = Put(keys.api_key_of_project(project_id, key.id))
        self._table.transact(actions)

    def revoke(self, key_sha256_hex: str, at: int) -> bool:
        """Ends the key at that time, or earlier if that is said already. False if there is no such key."""
        changes = "SET #revokedAt = :at"
        condition = "attribute_exists(#pk) AND (attribute_not_exists(#revokedAt) OR #revokedAt > :at)"
        try:
            self._table.write(Update(keys.api_key(key_sha256_hex), changes, condition, {"at": at}))
        except ConditionFailed as refusal:
            return refusal.found is not None
        return True


def _from_item(item: Item) -> ApiKey:
    return ApiKey(
        id=item["pk"].removeprefix("KEY#"),
        level=item["level"],
        project_ids=tuple(item["projectIds"]),
        plan=item["plan"],
        revoked_at=item.get("revokedAt"),
        created_at=item["createdAt"],
    )
