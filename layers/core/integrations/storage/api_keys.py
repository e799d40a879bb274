"""API keys by their SHA-256. The authorizer's cold start is this module and its imports: no pydantic, no Powertools."""

from integrations.domain.api_key import ApiKey
from integrations.storage import keys
from integrations.storage.expressions import Put, Update
from integrations.storage.table import ConditionFailed, Table


class ApiKeyStore:
    """Stands on IntegrationsTable. The key itself is never here, only its hash in hex."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, key_sha256_hex: str) -> ApiKey | None:
        """The key's record as it is now; a revoked one says so."""
        item = self._table.get(keys.api_key(key_sha256_hex))
        if item is None:
            return None
        return ApiKey(
            id=key_sha256_hex,
            level=item["level"],
            project_ids=tuple(item["projectIds"]),
            plan=item["plan"],
            revoked="revokedAt" in item,
        )

    def put(self, key: ApiKey, created_at: int) -> None:
        """Stores a key, or changes what it may do; one that was revoked stays so only if `key` says so."""
        item = {
            **keys.api_key(key.id),
            "level": key.level,
            "projectIds": list(key.project_ids),
            "plan": key.plan,
            "createdAt": created_at,
        }
        self._table.write(Put(item | {"revokedAt": created_at} if key.revoked else item))

    def revoke(self, key_sha256_hex: str, at: int) -> bool:
        """False if there is no such key. Revoking twice keeps the first time."""
        changes = "SET #revokedAt = if_not_exists(#revokedAt, :at)"
        try:
            self._table.write(Update(keys.api_key(key_sha256_hex), changes, "attribute_exists(#pk)", {"at": at}))
        except ConditionFailed:
            return False
        return True
