"""PostHog's error answers: JSON of the private API, plain text of capture (PROVIDERS 3.2, 3.6)."""

from collections.abc import Mapping

from tests.simulators.exchange import Answer, json_answer

INVALID_KEY = "Personal API key found in request Authorization header is invalid."


class Refused(Exception):
    """The request ends with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"HTTP {answer.status}: {answer.body[:200]!r}")
        self.answer = answer


def problem(
    status: int,
    kind: str,
    code: str,
    detail: str,
    attribute: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The `{type, code, detail, attr}` form of the private API."""
    return json_answer(status, {"type": kind, "code": code, "detail": detail, "attr": attribute}, headers)


def plain(status: int, text: str) -> Answer:
    """Capture's form: a line of text."""
    return Answer(status, text.encode(), {"content-type": "text/plain; charset=utf-8"})


def not_authenticated() -> Answer:
    """401 of a request without a personal API key."""
    detail = "Authentication credentials were not provided."
    return problem(401, "authentication_error", "not_authenticated", detail, headers={"www-authenticate": "Bearer"})


def authentication_failed() -> Answer:
    """401 of a key that is unknown, revoked or another region's: they can't be told apart."""
    headers = {"www-authenticate": "Bearer"}
    return problem(401, "authentication_error", "authentication_failed", INVALID_KEY, headers=headers)


def permission_denied(detail: str) -> Answer:
    """403."""
    return problem(403, "authentication_error", "permission_denied", detail)


def not_found() -> Answer:
    """404."""
    return problem(404, "invalid_request", "not_found", "Not found.")


def invalid(detail: str, attribute: str | None = None, code: str = "invalid_input") -> Answer:
    """400."""
    return problem(400, "validation_error", code, detail, attribute)


def throttled(wait_seconds: int, headers: Mapping[str, str] | None = None) -> Answer:
    """429 with the whole seconds after which a place is free."""
    unit = "second" if wait_seconds == 1 else "seconds"
    detail = f"Request was throttled. Expected available in {wait_seconds} {unit}."
    all_headers = {"retry-after": str(wait_seconds), **(headers or {})}
    return problem(429, "throttled_error", "throttled", detail, headers=all_headers)


def refusal(status: int) -> Answer:
    """The private API's body for a status which a fault asks for."""
    known = {
        401: authentication_failed(),
        403: permission_denied("You do not have permission to perform this action."),
        404: not_found(),
        429: problem(429, "throttled_error", "throttled", "Request was throttled."),
    }
    kind = "server_error" if status >= 500 else "invalid_request"
    return known.get(status, problem(status, kind, "error", "The simulator was asked for this answer."))


def capture_refusal(status: int) -> Answer:
    """Capture's body for a status which a fault asks for."""
    texts = {
        401: "API key is not valid: personal_api_key",
        413: "maximum event size exceeded",
        429: "billing limit reached",
        503: "transient error, please retry",
    }
    return plain(status, texts.get(status, "the simulator was asked for this answer"))
