"""Calls to the simulated Search Console, as short as tests want them."""

import base64
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"
READ = "https://www.googleapis.com/auth/webmasters.readonly"
WRITE = "https://www.googleapis.com/auth/webmasters"
SITE = "sc-domain:example.com"
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def assertion(key_file: Mapping[str, str], *, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
    """A signed assertion; `claims` replace the right ones, None leaves one out."""
    now = int(time.time())
    usual = {"iss": key_file["client_email"], "scope": READ, "aud": GOOGLE_TOKEN_URL, "iat": now, "exp": now + 3600}
    body = {name: value for name, value in (usual | claims).items() if value is not None}
    head = {"alg": "RS256", "typ": "JWT", "kid": key_file["private_key_id"]} | dict(header or {})
    signed = ".".join(_base64url(json.dumps(part).encode()) for part in (head, body))
    key = serialization.load_pem_private_key(key_file["private_key"].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return f"{signed}.{_base64url(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def http_client(url: str) -> httpx.Client:
    """A client of the simulator at `url`."""
    # No https here, and loading the certificates would take longer than the test.
    return httpx.Client(base_url=url, timeout=30, trust_env=False, verify=False)


class ConsoleCalls:
    """Speaks with the access token it gets for the refresh token of the default user."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.access_token: str | None = None

    def token(self, **form: str) -> httpx.Response:
        """What the token endpoint answers."""
        return self.http.post("/token", data=form)

    def by_assertion(self, text: str) -> httpx.Response:
        """What it answers to an assertion."""
        return self.token(grant_type=JWT_GRANT, assertion=text)

    def by_refresh_token(self, **changes: str) -> httpx.Response:
        """What it answers to the default refresh token, or to a changed form."""
        form = {"client_id": "sim-client", "client_secret": "sim-secret", "refresh_token": "sim-refresh"} | changes
        return self.token(grant_type="refresh_token", **{name: value for name, value in form.items() if value})

    def headers(self) -> dict[str, str]:
        """The authorization, with a token that is fetched at the first call."""
        if self.access_token is None:
            self.access_token = str(self.by_refresh_token().json()["access_token"])
        return {"authorization": f"Bearer {self.access_token}"}

    def get(self, path: str) -> httpx.Response:
        """A GET below `/webmasters/v3/`."""
        return self.http.get(f"/webmasters/v3/{path}", headers=self.headers())

    def query(self, site: str = SITE, **body: Any) -> httpx.Response:
        """A report."""
        path = f"/webmasters/v3/sites/{quote(site, safe='')}/searchAnalytics/query?alt=json"
        return self.http.post(path, headers=self.headers(), json=body)

    def day(self, day: str, **body: Any) -> dict[str, Any]:
        """A report of one day, by date and page if nothing else is asked for."""
        answer = self.query(**({"startDate": day, "endDate": day, "dimensions": ["date", "page"]} | body))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def reason(answer: httpx.Response) -> tuple[int, str]:
    """Status and reason of an error of the API."""
    error = answer.json()["error"]
    assert error["code"] == answer.status_code
    assert error["errors"][0]["message"] == error["message"]
    return answer.status_code, error["errors"][0]["reason"]
