"""The one place that turns errors into HTTP: a status, a stable code, and the platform's error envelope."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from integrations.domain import errors

STATUS_BY_ERROR: Final[Mapping[type[errors.IntegrationsError], int]] = MappingProxyType(
    {
        errors.MalformedJson: 400,
        errors.ProjectRequired: 400,
        errors.Unauthorized: 401,
        errors.InsufficientPermission: 403,
        errors.NotFound: 404,
        errors.StateConflict: 409,
        errors.VersionConflict: 412,
        errors.BodyTooLarge: 413,
        errors.UnsupportedMediaType: 415,
        errors.ValidationFailed: 422,
        errors.DirectionNotSupported: 422,
        errors.EntityIdsNotSupported: 422,
        errors.IdempotencyKeyReused: 422,
        errors.VersionRequired: 428,
        errors.TooManyRequests: 429,
        errors.Unavailable: 503,
    }
)
INTERNAL_MESSAGE: Final = "Something went wrong on our side; try again, and name the requestId if it stays."


def status_of(error_type: type[BaseException]) -> int:
    """The HTTP status of an error, by its nearest listed ancestor; 500 for what nobody should ever see."""
    return next((STATUS_BY_ERROR[kind] for kind in error_type.__mro__ if kind in STATUS_BY_ERROR), 500)


def problem_of(error: Exception, request_id: str) -> dict[str, Any]:
    """The envelope. What isn't meant for callers keeps its code and message to itself: `internal_error`."""
    if not isinstance(error, errors.IntegrationsError) or status_of(type(error)) == 500:
        return _envelope("internal_error", INTERNAL_MESSAGE, request_id)
    if not isinstance(error, errors.ValidationFailed):
        return _envelope(error.code, error.message, request_id)
    details = [{"field": field, "message": message} for field, message in error.details]
    return _envelope(error.code, error.message, request_id, details)


def headers_of(error: Exception) -> dict[str, str]:
    """`Retry-After` in whole seconds where the error says when to come back."""
    return {"Retry-After": str(error.retry_after_seconds)} if isinstance(error, errors.TooManyRequests) else {}


def _envelope(code: str, message: str, request_id: str, details: list[dict[str, str]] | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": _sentence(message)}
    if details is not None:
        error["details"] = details
    return {"error": {**error, "requestId": request_id}}


def _sentence(message: str) -> str:
    """Wherever it was written, people read it as a sentence."""
    return message[:1].upper() + message[1:] + ("" if message.endswith((".", "!", "?")) else ".")
