"""Sanity's HTTP API, as far as it is used: query, documents by id, mutate, list of datasets.

https://www.sanity.io/docs/http-reference; limits: https://www.sanity.io/docs/content-lake/technical-limits
"""

import json
from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import quote, urlencode

from integrations.domain.errors import OutcomeUnknown, RetryLater
from integrations.providers.calls import ServiceAnswer, ServiceCall
from integrations.providers.connection import ConnectionSettings
from integrations.providers.http import ServiceClient
from integrations.providers.pacing import RateLimit
from integrations.providers.retries import Repeatable
from integrations.providers.sanity.errors import SanityFault, read_fault
from integrations.providers.sanity.spec import SanityConfig, SanityCredentials, own_hosts

REQUESTS = RateLimit("sanity-requests", calls=500, window_seconds=1.0)
MUTATIONS = RateLimit("sanity-mutations", calls=25, window_seconds=1.0)
QUERY_STRING_CHARACTERS_MAXIMUM = 11_264
"""Longer queries are posted, as @sanity/client does (`src/data/dataMethods.ts`)."""
MUTATE_BYTES_MAXIMUM = 4_000_000

Perspective = Literal["published", "raw"]


class SanityClient:
    """One dataset. Raises `ServiceError`s; a refused mutation is handed back, since its caller knows the documents."""

    def __init__(self, config: SanityConfig, credentials: SanityCredentials, settings: ConnectionSettings) -> None:
        secrets = [credentials.token, *([credentials.webhook_secret] if credentials.webhook_secret else [])]
        headers = {
            "Authorization": f"Bearer {credentials.token.get_secret_value()}",
            "Accept": "application/json",
            # Names the project where the host doesn't (https://api.sanity.io, or a listed address).
            "X-Sanity-Project-ID": config.project_id,
        }
        self.settings = settings
        self.config = config
        self._http = ServiceClient(
            "Sanity", config.origin, own_hosts(config), settings, headers=headers, secrets=secrets
        )
        self._base = f"/v{config.api_version}"
        self._dataset = quote(config.dataset, safe="~")

    def query(
        self,
        groq: str,
        params: Mapping[str, object],
        deadline: float,
        *,
        perspective: Perspective,
        attempts_maximum: int | None = None,
    ) -> object:
        """The query's result."""
        flags = urlencode({"perspective": perspective, "returnQuery": "false"})
        in_url = urlencode({"query": groq, **{f"${name}": _json(value) for name, value in params.items()}})
        path = f"{self._base}/data/query/{self._dataset}?{flags}"
        if len(flags) + 1 + len(in_url) >= QUERY_STRING_CHARACTERS_MAXIMUM:
            body = _json({"query": groq, "params": params}).encode()
            call = self._read_call("query", path, "POST", body, attempts_maximum)
        else:
            call = self._read_call("query", f"{path}&{in_url}", "GET", None, attempts_maximum)
        answer = self._value(call, deadline)
        if "result" not in answer:
            raise self._malformed(call)
        return answer["result"]

    def documents(self, ids: Sequence[str], deadline: float) -> Mapping[str, object]:
        """The answer about documents by id, read without delay: `documents`, and `omitted` with the reasons."""
        path = f"{self._base}/data/doc/{self._dataset}/{encoded_ids(ids)}"
        call = self._read_call("documents by id", path)
        answer = self._value(call, deadline)
        if not isinstance(answer.get("documents"), list):
            raise self._malformed(call)
        return answer

    def dataset_names(self, deadline: float) -> list[str]:
        """The names of the project's datasets, as far as the token may know them."""
        call = self._read_call("datasets", f"{self._base}/projects/{quote(self.config.project_id)}/datasets")
        answer = self._http.send(call, deadline)
        if answer.status != 200:
            raise self._fault(answer).error()
        found = self._parsed(answer, call)
        datasets = found if isinstance(found, list) else []
        names = [entry.get("name") for entry in datasets if isinstance(entry, dict)]
        return [self._http.redact(name) for name in names if isinstance(name, str)]

    def mutate(
        self,
        body: bytes,
        deadline: float,
        *,
        dry_run: bool = False,
        repeatable: Repeatable = Repeatable.WHEN_ANSWERED,
    ) -> str | SanityFault:
        """The id of the applied transaction, or why it was refused whole. The body names a transaction id, by which
        the service recognises a repetition. Raises `OutcomeUnknown` when no proper answer came."""
        flags = {"returnIds": "true", "visibility": "sync"} | ({"dryRun": "true"} if dry_run else {})
        call = ServiceCall(
            purpose="mutate (dry run)" if dry_run else "mutate",
            method="POST",
            path=f"{self._base}/data/mutate/{self._dataset}?{urlencode(flags)}",
            body=body,
            headers={"Content-Type": "application/json"},
            limits=(MUTATIONS, REQUESTS),
            repeatable=Repeatable.ALWAYS if dry_run else repeatable,
            attempts_maximum=1 if dry_run else None,
        )
        answer = self._http.send(call, deadline)
        if answer.status != 200:
            return self._fault(answer)
        transaction = self._transaction(answer)
        if transaction is None:
            message = "Sanity's answer to the changes can't be read; they may have been applied"
            raise OutcomeUnknown(message, code="malformed_answer")
        return transaction

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def _read_call(
        self,
        purpose: str,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        attempts_maximum: int | None = None,
    ) -> ServiceCall:
        return ServiceCall(
            purpose=purpose,
            method=method,
            path=path,
            body=body,
            headers={"Content-Type": "application/json"} if body else {},
            limits=(REQUESTS,),
            repeatable=Repeatable.ALWAYS,
            attempts_maximum=attempts_maximum,
        )

    def _value(self, call: ServiceCall, deadline: float) -> Mapping[str, object]:
        answer = self._http.send(call, deadline)
        if answer.status != 200:
            raise self._fault(answer).error()
        value = self._parsed(answer, call)
        if not isinstance(value, dict):
            raise self._malformed(call)
        return value

    def _parsed(self, answer: ServiceAnswer, call: ServiceCall) -> object:
        try:
            return answer.json()
        except ValueError:
            pass
        raise self._malformed(call)

    def _malformed(self, call: ServiceCall) -> RetryLater:
        return RetryLater(f"Sanity's answer can't be read ({call.purpose})", code="malformed_answer")

    def _transaction(self, answer: ServiceAnswer) -> str | None:
        try:
            value = answer.json()
        except ValueError:
            return None
        transaction = value.get("transactionId") if isinstance(value, dict) else None
        return self._http.redact(transaction) if isinstance(transaction, str) and transaction else None

    def _fault(self, answer: ServiceAnswer) -> SanityFault:
        return read_fault(answer, self._http.redact)


def encoded_ids(ids: Sequence[str]) -> str:
    """Document ids as one path segment; the commas between them stay."""
    return ",".join(quote(document_id, safe="") for document_id in ids)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
