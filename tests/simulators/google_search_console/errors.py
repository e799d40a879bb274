"""Google's error answers: the API's, by reason, and those of the token endpoint (PROVIDERS 2.6, 2.7).

Messages are those seen in public logs and clients' tests where there are any, else our words.
"""

from typing import Any

from tests.simulators.exchange import Answer, json_answer

LIMITS = "Learn about usage limits: https://developers.google.com/webmaster-tools/v3/limits."
CREDENTIALS = (
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
    "See https://developers.google.com/identity/sign-in/web/devconsole-project."
)
CANONICAL = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
REASONS_BY_STATUS = {
    400: "badRequest",
    401: "authError",
    403: "forbidden",
    404: "notFound",
    429: "rateLimitExceeded",
    500: "internalError",
    503: "backendError",
}
MESSAGES = {
    "authError": f"Request had invalid authentication credentials. {CREDENTIALS}",
    "required": f"Request is missing required authentication credential. {CREDENTIALS}",
    "insufficientPermissions": "Request had insufficient authentication scopes.",
    "accessNotConfigured": (
        "Google Search Console API has not been used in project 000000000000 before or it is disabled. Enable it by "
        "visiting https://console.developers.google.com/apis/api/searchconsole.googleapis.com/overview then retry."
    ),
    "quotaExceeded": f"Search Analytics load quota exceeded. {LIMITS}",
    "quotaExceeded.day": f"Search Analytics load quota exceeded for the day. {LIMITS}",
    "quotaExceeded.qps": f"Search Analytics QPS quota exceeded. {LIMITS}",
    "rateLimitExceeded": "Rate Limit Exceeded",
    "userRateLimitExceeded": "User Rate Limit Exceeded",
    "dailyLimitExceeded": "Daily Limit Exceeded. The quota will be reset at midnight Pacific Time (PT).",
    "forbidden": "User does not have sufficient permission for site.",
    "notFound": "Not Found",
    "internalError": "Internal error encountered.",
    "backendError": "The service is currently unavailable.",
}
USAGE_LIMITS = frozenset(
    {"quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "accessNotConfigured"}
)
DETAILS = {
    "insufficientPermissions": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    "accessNotConfigured": "SERVICE_DISABLED",
}
TOKEN_ERRORS = frozenset(
    {"invalid_grant", "invalid_scope", "invalid_client", "invalid_request", "unauthorized_client"}
    | {"unsupported_grant_type", "internal_failure", "server_error", "temporarily_unavailable"}
)


class Refused(Exception):
    """The request ends with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"HTTP {answer.status}: {answer.body[:200]!r}")
        self.answer = answer


def api_error(status: int, reason: str = "", message: str = "") -> Answer:
    """The API's error. `quotaExceeded.day` and `.qps` are `quotaExceeded` with the message of that limit."""
    named = reason or REASONS_BY_STATUS.get(status, "backendError")
    text = message or MESSAGES.get(named, "The simulator was asked for this answer.")
    wire_reason = named.partition(".")[0]
    domain = "usageLimits" if wire_reason in USAGE_LIMITS else "global"
    item: dict[str, Any] = {"message": text, "domain": domain, "reason": wire_reason}
    headers = {}
    if status == 401:
        item |= {"location": "Authorization", "locationType": "header"}
        headers = {"www-authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'}
    error: dict[str, Any] = {"code": status, "message": text, "errors": [item]}
    if status in CANONICAL:
        error["status"] = CANONICAL[status]
    if wire_reason in DETAILS and status == 403:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        error["details"] = [{"@type": kind, "reason": DETAILS[wire_reason], "domain": "googleapis.com"}]
    return json_answer(status, {"error": error}, headers)


def site_forbidden(site_url: str, status: int) -> Answer:
    """The refusal for a property that isn't there or isn't shared: it doesn't say which."""
    if status == 404:
        return api_error(404, "notFound", f"'{site_url}' is not a verified Search Console site in this account.")
    more = "See also: https://support.google.com/webmasters/answer/2451999."
    message = f"User does not have sufficient permission for site '{site_url}'. {more}"
    return api_error(status, "forbidden", message)


def token_error(status: int, error: str, description: str) -> Answer:
    """An error of the token endpoint."""
    return json_answer(status, {"error": error, "error_description": description})


def not_found_page(path: str) -> Answer:
    """Google's frontend answers an address that no method has with a page, not with JSON."""
    shown = path.replace("&", "&amp;").replace("<", "&lt;")
    text = (
        "<!DOCTYPE html>\n<html lang=en><title>Error 404 (Not Found)!!1</title>\n"
        f"<p><b>404.</b> <ins>That\u2019s an error.</ins>\n<p>The requested URL <code>{shown}</code> "
        "was not found on this server. <ins>That\u2019s all we know.</ins>\n"
    )
    return Answer(404, text.encode(), {"content-type": "text/html; charset=UTF-8"})


def asked_for(status: int, reason: str) -> Answer:
    """The body that goes with a status, and perhaps a reason, which a fault asks for."""
    if reason in TOKEN_ERRORS:
        descriptions = {"invalid_grant": "Token has been expired or revoked.", "invalid_client": "Unauthorized"}
        return token_error(status, reason, descriptions.get(reason, "Bad Request"))
    return api_error(status, reason)
