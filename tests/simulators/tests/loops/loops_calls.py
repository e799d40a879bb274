"""Calls to the simulated Loops API, as short as tests want them."""

from typing import Any

import httpx

CONFIG = {
    "rateLimits": False,
    "apiKeys": ["key", "second"],
    "teamName": "Acme",
    "properties": [
        {"key": "plan", "type": "string"},
        {"key": "logins", "type": "number"},
        {"key": "isPaying", "type": "boolean"},
        {"key": "joinedAt", "type": "date"},
    ],
    "mailingLists": [
        {"id": "l1", "name": "News", "description": "What is new"},
        {"id": "l2", "name": "Customers", "isPublic": False},
    ],
}


class LoopsCalls:
    """Speaks with one API key."""

    def __init__(self, url: str, key: str | None = "key") -> None:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        # No https here, and loading the certificates would take longer than the test.
        self.http = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=10, trust_env=False, verify=False)

    def create(self, email: Any, **fields: Any) -> httpx.Response:
        return self.http.post("/contacts/create", json={"email": email, **fields})

    def update(self, **fields: Any) -> httpx.Response:
        return self.http.put("/contacts/update", json=fields)

    def delete(self, **identity: Any) -> httpx.Response:
        return self.http.post("/contacts/delete", json=identity)

    def send(self, name: Any = "signup", *, key: str | None = None, **fields: Any) -> httpx.Response:
        headers = {"idempotency-key": key} if key is not None else {}
        return self.http.post("/events/send", json={"eventName": name, **fields}, headers=headers)

    def contact(self, **identity: str) -> dict[str, Any]:
        """The one contact that must be there."""
        answer = self.http.get("/contacts/find", params=identity)
        assert answer.status_code == 200, answer.text
        (contact,) = answer.json()
        return dict(contact)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and message of a refusal, whose body has nothing else."""
    body = answer.json()
    assert body == {"success": False, "message": body["message"]}
    return answer.status_code, body["message"]
