"""Calls to the simulated PostHog, as short as tests want them."""

import gzip
import json
from typing import Any

import httpx

EVENTS = (
    "select uuid, event, distinct_id, timestamp, properties from events where event = {event}"
    " and (timestamp > {since} or (timestamp = {since} and uuid > {after})) order by timestamp, uuid limit 1000"
)
NO_UUID = "00000000-0000-0000-0000-000000000000"
BEGINNING = "1970-01-01T00:00:00Z"


class PostHogCalls:
    """Speaks with the key, and to the project, that are the simulator's first."""

    def __init__(self, url: str) -> None:
        # No https here, and loading the certificates would take longer than the test.
        self.http = httpx.Client(base_url=url, timeout=10, trust_env=False, verify=False)

    def get(self, path: str = "", key: str | None = "phx_sim", project: str = "12345", **query: Any) -> httpx.Response:
        """A GET below the project."""
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return self.http.get(f"/api/projects/{project}/{path}", params=query, headers=headers)

    def query(self, text: str, key: str = "phx_sim", refresh: str = "blocking", **values: Any) -> httpx.Response:
        """A HogQL query."""
        body = {"query": {"kind": "HogQLQuery", "query": text, "values": values}, "refresh": refresh}
        headers = {"authorization": f"Bearer {key}"}
        return self.http.post("/api/projects/12345/query/", json=body, headers=headers)

    def rows(self, text: str, **values: Any) -> list[list[Any]]:
        """The rows of a query that must be answered."""
        answer = self.query(text, **values)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])

    def events(self, name: str, since: str = BEGINNING, after: str = NO_UUID) -> list[list[Any]]:
        """A page of a name's events, by keyset."""
        return self.rows(EVENTS, event=name, since=since, after=after)

    def batch(self, *events: dict[str, Any], path: str = "/batch/", **more: Any) -> httpx.Response:
        """A batch as the project's own token sends it."""
        return self.http.post(path, json={"api_key": "phc_sim", "batch": list(events), **more})

    def compressed(self, body: Any) -> httpx.Response:
        """A batch in gzip."""
        headers = {"content-encoding": "gzip", "content-type": "application/json"}
        return self.http.post("/batch/", content=gzip.compress(json.dumps(body).encode(), 1), headers=headers)


def event(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An event as a client sends it."""
    made = {
        "uuid": f"00000000-0000-4000-8000-{number:012d}",
        "event": "published",
        "distinct_id": "u1",
        "timestamp": "2026-01-01T00:00:00Z",
        "properties": {"n": number},
    }
    return {**made, **changes}
