"""The Sanity simulator as the shared server runs it: switches, tokens, state and admin actions around the API."""

from collections.abc import Mapping
from typing import Any

from tests.simulators.admin import json_object
from tests.simulators.clock import AdjustableClock
from tests.simulators.exchange import Answer, MalformedJson, Request
from tests.simulators.rate_limit import SlidingSecond
from tests.simulators.sanity.api import SanityApi
from tests.simulators.sanity.dataset import Dataset
from tests.simulators.sanity.errors import Refused, boom, unauthorized
from tests.simulators.sanity.identifiers import IdentifierSequence
from tests.simulators.sanity.mutations import touched_ids
from tests.simulators.sanity.queries import KNOWN_QUERIES
from tests.simulators.sanity.switches import SanitySwitches
from tests.simulators.sanity.tokens import DEFAULT_TOKENS, Token, tokens_from_json
from tests.simulators.sanity.webhooks import SanityWebhooks
from tests.simulators.service import AdminAction
from tests.simulators.switches import as_json, changed
from tests.simulators.webhooks import check_webhook_url


class SanityService:
    """One project with one dataset."""

    name = "sanity"

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self.clock = AdjustableClock()
        self._rate = SlidingSecond()
        self._webhooks = SanityWebhooks(lambda: self._switches, self.clock.timestamp)
        self._dataset = Dataset(self.clock, self._webhooks.announce)
        self._initial = dict(configuration)
        self._switches, self._tokens = self._configured(SanitySwitches(), DEFAULT_TOKENS, configuration)

    def answer(self, request: Request) -> Answer:
        """Answers with the switches and tokens as they are when the request is handled."""
        api = SanityApi(self._dataset, self._rate, self._switches, self._tokens)
        try:
            return api.answer(request)
        except Refused as refused:
            return refused.answer

    def describe(self, request: Request) -> dict[str, Any]:
        """The number of mutations and the ids they name, or the ids read; visibility and transaction id."""
        segments = request.segments
        if len(segments) > 4 and segments[2] == "doc":
            return {"ids": segments[4].split(",")}
        if len(segments) < 4 or segments[2] != "mutate":
            return {}
        try:
            body = request.json
        except MalformedJson:
            return {"mutations": None}
        mutations = body.get("mutations") if isinstance(body, dict) else None
        if not isinstance(mutations, list):
            return {"mutations": None}
        return {
            "mutations": len(mutations),
            "ids": touched_ids(mutations),
            "visibility": request.parameters.get("visibility"),
            "transactionId": body.get("transactionId") or request.parameters.get("transactionId"),
        }

    def refusal(self, status: int) -> Answer:
        """The body that goes with a status which a fault asks for."""
        if status == 401:
            return unauthorized("SIO-401-ANF")
        return boom(status, "API rate limit exceeded" if status == 429 else "The simulator was asked for this answer")

    def admin_actions(self) -> Mapping[tuple[str, str], AdminAction]:
        """Seed, dump, edit, settle, the list of known queries; the webhooks that went."""
        return {
            ("POST", "seed"): self._seed,
            ("GET", "dump"): self._dump,
            ("POST", "edit"): self._edit,
            ("POST", "settle"): lambda _: {"settled": self._dataset.store.settle()},
            ("GET", "webhooks"): lambda _: {"webhooks": self._webhooks.deliveries()},
            ("POST", "webhooks/flush"): self._flush,
            ("GET", "queries"): lambda _: {"queries": {known.name: known.text for known in KNOWN_QUERIES}},
        }

    def configuration(self) -> dict[str, Any]:
        """The switches, and the tokens, without their secrets."""
        tokens = [
            {"role": token.role, "projectId": token.project_id, "expired": token.expired} for token in self._tokens
        ]
        secret = "set" if self._switches.webhook_secret else ""
        return {**as_json(self._switches), "webhookSecret": secret, "tokens": tokens}

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Changes switches, and replaces the list of tokens if there is one."""
        self._switches, self._tokens = self._configured(self._switches, self._tokens, changes)

    def reset(self) -> None:
        """Empties the dataset and returns to the switches and tokens of the start."""
        self._dataset.store.clear()
        self._webhooks.clear()
        self._rate.clear()
        self._switches, self._tokens = self._configured(SanitySwitches(), DEFAULT_TOKENS, self._initial)

    def export_state(self) -> dict[str, Any]:
        """The dataset, and how many ids were generated."""
        return {**self._dataset.store.export(), "identifiersIssued": self._dataset.identifiers.issued}

    def import_state(self, state: Mapping[str, Any]) -> None:
        """Takes up a dataset."""
        self._dataset.store.load(state["documents"], state["transactionIds"])
        self._dataset.identifiers = IdentifierSequence(state["identifiersIssued"] + 1)

    def _configured(
        self, switches: SanitySwitches, tokens: tuple[Token, ...], changes: Mapping[str, Any]
    ) -> tuple[SanitySwitches, tuple[Token, ...]]:
        others = {key: value for key, value in changes.items() if key != "tokens"}
        made = changed(switches, others)
        check_webhook_url(made.webhook_url)
        return made, tokens_from_json(changes["tokens"]) if "tokens" in changes else tokens

    def _flush(self, request: Request) -> dict[str, Any]:
        return {"sent": self._webhooks.flush(is_reversed=bool(json_object(request).get("reverse")))}

    def _seed(self, request: Request) -> dict[str, Any]:
        documents = json_object(request)["documents"]
        return {"seeded": self._dataset.seed(documents, self._switches)}

    def _dump(self, request: Request) -> dict[str, Any]:
        wanted = request.parameters
        documents = self._dataset.store.documents() if "id" not in wanted else [self._dataset.store.get(wanted["id"])]
        kept = [each for each in documents if each and wanted.get("type") in (None, each["_type"])]
        return {"count": len(kept), "documents": kept}

    def _edit(self, request: Request) -> dict[str, Any]:
        try:
            return {"document": self._dataset.edit(json_object(request), self._switches)}
        except Refused as refused:
            raise ValueError(refused.answer.body.decode()) from refused
