"""What the request log says of a PostHog request, without any key or token."""

from typing import Any

from tests.simulators.exchange import Request
from tests.simulators.posthog.capture import CAPTURE_PATHS
from tests.simulators.posthog.incoming import decoded_body, payload_of, raw_events

BYTES_READ = 32 * 1024 * 1024
KEYS = frozenset({"api_key", "token", "personal_api_key"})


def query_without_keys(request: Request) -> dict[str, str]:
    """The query string without what it says of keys and tokens."""
    return {name: "…" if name in KEYS else value for name, value in request.query}


def notes_of(request: Request) -> dict[str, Any]:
    """Notes that fit the request. Raises `Refused` or `MalformedJson` for what can't be read."""
    notes: dict[str, Any] = {}
    if request.segments in CAPTURE_PATHS:
        payload = payload_of(request, decoded_body(request, BYTES_READ))
        events = raw_events(payload)
        historical = isinstance(payload, dict) and payload.get("historical_migration") is True
        uuids = [event.get("uuid") for event in events]
        notes |= {"events": len(events), "uuids": uuids, "historicalMigration": historical}
    elif request.segments[-1] == "query" and isinstance(request.json, dict):
        query = request.json.get("query")
        if isinstance(query, dict):
            notes |= {"hogql": query.get("query"), "values": query.get("values"), "name": request.json.get("name")}
    return notes
