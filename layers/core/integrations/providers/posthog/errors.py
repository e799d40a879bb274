"""What PostHog's refusals mean for us, as two tables: one for the private API, one for capture.

The API's errors are `{type, code, detail, attr}` (drf-exceptions-hog); capture answers in plain text, which its public
documentation still shows as JSON: what is JSON is read as such, else the text counts.
"""

from collections.abc import Callable, Mapping, Sequence

from integrations.providers.calls import ServiceAnswer
from integrations.providers.refusals import ANY_SERVICE, Fault, Recovery, Rule, only, rule_for, short_text

_EITHER: Sequence[Rule] = (
    Rule(range(200, 300), None, Recovery.LATER_UNKNOWN, "malformed_answer", "it answered nothing that can be read"),
    *ANY_SERVICE,
)
API_RULES: Sequence[Rule] = (
    Rule(only(401), None, Recovery.RECONNECT, "credentials_refused", "the personal API key is unknown here"),
    Rule(only(403), "scope", Recovery.RECONNECT, "permission_missing", "the personal API key lacks a scope"),
    Rule(only(403), None, Recovery.RECONNECT, "project_not_granted", "the personal API key may not use this project"),
    Rule(only(404), None, Recovery.CONFIGURE, "project_not_found", "there is no such project"),
    Rule(only(400), None, Recovery.CONFIGURE, "query_refused", "the request was not understood"),
    Rule(only(413), None, Recovery.SMALLER, "payload_too_large", "the request is too large"),
    *_EITHER,
)
CAPTURE_RULES: Sequence[Rule] = (
    Rule(only(401), None, Recovery.RECONNECT, "credentials_refused", "the project token is refused"),
    Rule(only(403), None, Recovery.RECONNECT, "credentials_refused", "the project token is refused"),
    Rule(only(413), None, Recovery.RECORDS, "payload_too_large", "it is too large"),
    Rule(only(400), "maximum event size", Recovery.RECORDS, "payload_too_large", "it is too large"),
    Rule(only(400), None, Recovery.RECORDS, "event_refused", "an event was refused"),
    Rule(only(404), None, Recovery.CONFIGURE, "ingest_host_wrong", "ingestHost doesn't take events"),
    *_EITHER,
)
"""The mark of a row is part of what the refusal says."""


def read_fault(answer: ServiceAnswer, rules: Sequence[Rule], redact: Callable[[str], str]) -> Fault:
    """Understands a refusal, whatever its form."""
    detail = short_text(_words(answer), redact)
    rule = rule_for(rules, answer.status, detail.lower().__contains__)
    return Fault("PostHog", answer.status, rule, detail, answer.retry_after_seconds, answer.earlier_unknown)


def _words(answer: ServiceAnswer) -> str:
    try:
        body = answer.json()
    except ValueError:
        text = answer.body.decode(errors="replace").strip()
        # A page of a proxy says nothing to the user.
        return "" if text.startswith("<") else text
    if not isinstance(body, Mapping):
        return body if isinstance(body, str) else ""
    detail = body.get("detail") or body.get("error")
    return detail if isinstance(detail, str) else ""
