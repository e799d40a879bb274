"""DynamoDB removes expired items within days ("Using time to live (TTL)"): until then readers leave them out."""

from integrations.storage.attributes import Item


def is_live(item: Item, now: int) -> bool:
    """Whether the item isn't due to be removed; `now` in Unix milliseconds, `expiresAt` is in seconds."""
    expires_at: int | None = item.get("expiresAt")
    return expires_at is None or expires_at * 1000 > now
