"""Calls to the simulated Sanity API, as short as tests want them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

CHANGED = (
    "*[_type in $types && (_updatedAt > $since || (_updatedAt == $since && _id > $after))]"
    " | order(_updatedAt asc, _id asc)[0...{limit}]"
)
IDS = "*[_type == $type && _id > $after] | order(_id asc)[0...{limit}]._id"


class SanityCalls:
    """Speaks as `token` to the project and dataset that the simulator has by default."""

    def __init__(self, url: str, token: str | None = "sim-editor", *, project_id: str = "simproject") -> None:
        headers = {"x-sanity-project-id": project_id}
        if token:
            headers["authorization"] = f"Bearer {token}"
        # No https here, and loading the certificates would take longer than the test.
        self.http = httpx.Client(base_url=url, headers=headers, timeout=10, trust_env=False, verify=False)

    def query(self, text: str, params: Mapping[str, Any] | None = None, **options: str) -> httpx.Response:
        """A query by GET."""
        given = {f"${name}": json.dumps(value) for name, value in (params or {}).items()}
        return self.http.get("/v2025-02-19/data/query/production", params={"query": text, **given, **options})

    def changed(
        self, since: str = "", after: str = "", *, limit: int = 500, types: Sequence[str] = ("post",), **options: str
    ) -> list[dict[str, Any]]:
        """A page of changed documents."""
        params = {"types": list(types), "since": since, "after": after}
        answer = self.query(CHANGED.format(limit=limit), params, **options)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["result"])

    def changed_ids(self, **options: Any) -> list[str]:
        """The ids of a page of changed documents."""
        return [document["_id"] for document in self.changed(**options)]

    def ids(self, document_type: str = "post", after: str = "", *, limit: int = 1000, **options: str) -> list[str]:
        """A page of ids."""
        answer = self.query(IDS.format(limit=limit), {"type": document_type, "after": after}, **options)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["result"])

    def mutate(self, *mutations: Any, transaction_id: str | None = None, **flags: str) -> httpx.Response:
        """A transaction."""
        body: dict[str, Any] = {"mutations": list(mutations)}
        if transaction_id is not None:
            body["transactionId"] = transaction_id
        return self.http.post("/v2025-02-19/data/mutate/production", params={"returnIds": "true", **flags}, json=body)

    def documents(self, *ids: str) -> dict[str, Any]:
        """What `/data/doc` answers."""
        answer = self.http.get(f"/v2025-02-19/data/doc/production/{','.join(ids)}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def document(self, document_id: str) -> dict[str, Any]:
        """One document that must be there."""
        return dict(self.documents(document_id)["documents"][0])
