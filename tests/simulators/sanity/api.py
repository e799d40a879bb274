"""Sanity's HTTP API: limits, host and version, who is asking, then query, mutate or doc (PROVIDERS 1.1 to 1.7)."""

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.simulators.exchange import Answer, MalformedJson, Request, json_answer
from tests.simulators.rate_limit import SlidingSecond
from tests.simulators.sanity.dataset import Dataset, MutateOptions
from tests.simulators.sanity.errors import (
    FailedItem,
    MutationFailed,
    Refused,
    boom,
    described,
    mutation_error,
    unauthorized,
)
from tests.simulators.sanity.mutations import PERMISSIONS, mutation_kind, raw_mutations, read_mutations
from tests.simulators.sanity.perspectives import default_perspective
from tests.simulators.sanity.switches import SanitySwitches
from tests.simulators.sanity.tokens import Token, caller

TAG = re.compile(r"[A-Za-z0-9._-]{1,75}")
VISIBILITIES = ("sync", "async", "deferred")


@dataclass(frozen=True, slots=True)
class SanityApi:
    """Answers one request with the switches and tokens in force."""

    dataset: Dataset
    rate: SlidingSecond
    switches: SanitySwitches
    tokens: Sequence[Token]

    def answer(self, request: Request) -> Answer:
        """Routes the request. Raises `Refused` with the answer that refuses it."""
        segments = request.segments
        self._check_limits(request, is_mutation=segments[1:3] == ("data", "mutate"))
        perspective = default_perspective(segments[0])
        self._check_project(request)
        token = caller(request, self.tokens, self.switches.project_id)
        if len(segments) < 4 or segments[1] != "data":
            raise self._not_found(f"No such route: {request.raw_path}")
        self._check_dataset(segments[3])
        if "tag" in request.parameters and not TAG.fullmatch(request.parameters["tag"]):
            raise Refused(boom(400, f"Invalid tag: {request.parameters['tag']!r}"))
        match (request.method, segments[2], len(segments)):
            case ("GET" | "POST", "query", 4):
                return self._query(request, token, perspective)
            case ("POST", "mutate", 4):
                return self._mutate(request, token)
            case ("GET", "doc", 5):
                return self._documents(segments[4].split(","), token)
        raise self._not_found(f"No such route: {request.method} {request.raw_path}")

    def _check_limits(self, request: Request, *, is_mutation: bool) -> None:
        switches = self.switches
        if request.head_bytes > switches.request_head_bytes:
            raise Refused(boom(431, f"Request headers exceed limit of {switches.request_head_bytes} bytes"))
        if is_mutation and len(request.body) > switches.mutate_body_bytes:
            raise Refused(boom(413, f"Request body exceeds limit of {switches.mutate_body_bytes} bytes"))
        if not switches.rate_limits:
            return
        now = time.monotonic()
        wait = self.rate.seconds_until_free(f"all {request.client}", switches.requests_per_second, now)
        if is_mutation and not wait:
            wait = self.rate.seconds_until_free(f"mutate {request.client}", switches.mutations_per_second, now)
        if wait:
            raise Refused(boom(429, "API rate limit exceeded", headers=self._rate_headers(is_mutation)))

    def _rate_headers(self, is_mutation: bool) -> dict[str, str]:
        if not self.switches.rate_limit_headers:
            return {}
        limit = self.switches.mutations_per_second if is_mutation else self.switches.requests_per_second
        return {"retry-after": "1", "ratelimit-limit": str(limit), "ratelimit-remaining": "0", "ratelimit-reset": "1"}

    def _check_project(self, request: Request) -> None:
        project_id = request.headers.get("x-sanity-project-id")
        if project_id != self.switches.project_id:
            raise self._not_found(f"Project not found: {project_id}")

    def _check_dataset(self, dataset: str) -> None:
        if dataset != self.switches.dataset:
            raise self._not_found(f'Dataset not found: "{dataset}" in project "{self.switches.project_id}"')

    def _not_found(self, message: str) -> Refused:
        if self.switches.not_found_form == "boom":
            return Refused(boom(404, message))
        return Refused(described(404, "notFoundError", message))

    def _query(self, request: Request, token: Token | None, perspective: str) -> Answer:
        started = time.perf_counter()
        self._check_may_read(token)
        query, parameters = _query_and_parameters(request)
        perspective = request.parameters.get("perspective", perspective)
        result = self.dataset.query(query, parameters, perspective, self.switches, with_token=token is not None)
        body = {"query": query, "result": result, "ms": round((time.perf_counter() - started) * 1000)}
        if request.parameters.get("returnQuery") == "false":
            del body["query"]
        return json_answer(200, body)

    def _mutate(self, request: Request, token: Token | None) -> Answer:
        if token is None:
            raise Refused(unauthorized("SIO-401-ANF"))
        mutations, transaction_id = raw_mutations(request)
        if not token.may_write:
            raise Refused(self._without_permission(mutations))
        flags = request.parameters
        visibility = flags.get("visibility", "sync")
        if visibility not in VISIBILITIES:
            description = f"visibility must be one of {VISIBILITIES}, got {visibility!r}"
            raise Refused(described(400, "httpBadRequest", description))
        options = MutateOptions(visibility, flags.get("dryRun") == "true", flags.get("autoGenerateArrayKeys") == "true")
        done = self.dataset.mutate(read_mutations(mutations, transaction_id), options, self.switches)
        results: list[dict[str, Any]] = []
        for result in done.results if "true" in (flags.get("returnIds"), flags.get("returnDocuments")) else ():
            entry: dict[str, Any] = {"id": result.document_id, "operation": result.operation}
            if flags.get("returnDocuments") == "true" and result.document is not None:
                entry["document"] = result.document
            results.append(entry)
        return json_answer(200, {"transactionId": done.transaction_id, "results": results})

    def _documents(self, document_ids: list[str], token: Token | None) -> Answer:
        self._check_may_read(token)
        found, omitted = [], []
        for document_id in dict.fromkeys(document_ids):
            document = self.dataset.store.get(document_id)
            if token is None and "." in document_id:
                omitted.append({"id": document_id, "reason": "permission"})
            elif document is None:
                omitted.append({"id": document_id, "reason": "existence"})
            else:
                found.append(document)
        return json_answer(200, {"documents": found, "omitted": omitted, "ms": 0})

    def _check_may_read(self, token: Token | None) -> None:
        if token is None and not self.switches.public_dataset:
            raise Refused(unauthorized("SIO-401-ANF"))

    def _without_permission(self, mutations: list[Any]) -> Answer:
        failed = []
        for index, mutation in enumerate(mutations):
            try:
                permission = PERMISSIONS[mutation_kind(mutation)]
            except MutationFailed:
                continue
            description = f'Insufficient permissions; permission "{permission}" required'
            failure = MutationFailed(403, "insufficientPermissionsError", description, permission=permission)
            failed.append(FailedItem(index, failure))
        if not failed:
            return boom(403, "Insufficient permissions")
        reported = failed if self.switches.report_all_errors else failed[:1]
        with_indexes = self.switches.report_error_indexes
        return mutation_error(reported, with_indexes=with_indexes, note=str(reported[0].failure))


def _query_and_parameters(request: Request) -> tuple[str, dict[str, Any]]:
    if request.method == "GET":
        query: Any = request.parameters.get("query")
        given = {name[1:]: value for name, value in request.query if name.startswith("$")}
        parameters: Any = {name: _json_parameter(name, value) for name, value in given.items()}
    else:
        try:
            body = request.json if isinstance(request.json, dict) else {}
        except MalformedJson as error:
            raise Refused(described(400, "httpBadRequest", f"Malformed JSON: {error}")) from error
        query, parameters = body.get("query"), body.get("params", {})
    if not isinstance(query, str) or not isinstance(parameters, dict):
        raise Refused(described(400, "httpBadRequest", "A query and an object of params are needed"))
    return query, parameters


def _json_parameter(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        description = f"Parameter ${name} must be JSON (a string with its quotes), got {text!r}"
        raise Refused(described(400, "httpBadRequest", description)) from error
