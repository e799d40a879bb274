"""Every failure this product names, told apart by how to recover from it.

IntegrationsError
├── ServiceError              what a service (Sanity, …) did to us
│   ├── RetryLater            it may work later, unchanged
│   │   ├── RateLimited       … and the service said when, or that we were too fast
│   │   └── OutcomeUnknown    … and what was sent may or may not have been applied
│   ├── ReconnectRequired     the credentials were refused: a person has to renew them
│   ├── ConfigurationRefused  the service doesn't know what the configuration names
│   └── PayloadTooLarge       the same in smaller pieces may work
├── RecordRejected            this record only; the others go on
└── RequestRefused            what a caller of the API asked for and cannot have
"""

from typing import ClassVar


class IntegrationsError(Exception):
    """Base of all: `code` is stable and for machines, `message` for people. Neither ever holds a secret."""

    code: str = "internal_error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class ServiceError(IntegrationsError):
    """A call to a service did not do what was asked."""

    code = "service_error"


class RetryLater(ServiceError):
    """Transient: the same call may succeed later. `retry_after_seconds` is the service's own word, else None."""

    code = "service_unavailable"

    def __init__(self, message: str, *, retry_after_seconds: float | None = None, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after_seconds = retry_after_seconds


class RateLimited(RetryLater):
    """The service refused the call because there were too many; nothing was applied."""

    code = "service_rate_limited"


class OutcomeUnknown(RetryLater):
    """The call was sent and no answer came: it may have been applied. Read back, or repeat only what is idempotent."""

    code = "service_timeout"


class ReconnectRequired(ServiceError):
    """The service refused the credentials: stop, and ask a person to renew them."""

    code = "credentials_refused"


class ConfigurationRefused(ServiceError):
    """The service doesn't have what the configuration names (project, dataset, property)."""

    code = "configuration_refused"


class PayloadTooLarge(ServiceError):
    """Too many bytes for one call: send, or ask for, less at a time."""

    code = "payload_too_large"


class RecordRejected(IntegrationsError):
    """This record cannot be exchanged as it is; the rest of its batch is not touched by that."""

    code = "record_rejected"


class RequestRefused(IntegrationsError):
    """What an API caller asked for cannot be had. Subclasses fix the `code` that clients branch on."""


class ValidationFailed(RequestRefused):
    """The input breaks a rule; `details` says which field and what is allowed."""

    code = "validation_failed"

    def __init__(self, message: str, details: tuple[tuple[str, str], ...]) -> None:
        super().__init__(message)
        self.details = details


class MalformedJson(RequestRefused):
    """The body is not JSON."""

    code = "malformed_json"


class ProjectRequired(RequestRefused):
    """The key serves several projects and the request names none."""

    code = "project_required"


class InsufficientPermission(RequestRefused):
    """The key's level is below the operation's."""

    code = "insufficient_permission"


class NotFound(RequestRefused):
    """There is no such thing, as far as this caller may know."""

    kind: ClassVar[str] = "resource"


class ProjectNotFound(NotFound):
    """The key doesn't serve that project, or it doesn't exist: the same answer for both."""

    code = "project_not_found"


class IntegrationNotFound(NotFound):
    """The project has no such integration."""

    code = "integration_not_found"


class JobNotFound(NotFound):
    """The project has no such job, or its 90 days are over."""

    code = "job_not_found"


class StateConflict(RequestRefused):
    """The thing exists, but not in a state that allows this."""


class IntegrationInactive(StateConflict):
    """An admin switched the integration off."""

    code = "integration_inactive"


class CredentialsMissing(StateConflict):
    """No credentials were given yet, or a change of address dropped them."""

    code = "credentials_missing"


class JobFinished(StateConflict):
    """The job has ended already: there is nothing left to cancel."""

    code = "job_finished"


class VersionRequired(RequestRefused):
    """A change has to say in If-Match which version it was made from."""

    code = "version_required"


class VersionConflict(RequestRefused):
    """Somebody changed it meanwhile: read it again, and repeat the change on what it is now."""

    code = "version_conflict"


class DirectionNotSupported(RequestRefused):
    """The service has no such direction."""

    code = "direction_not_supported"


class EntityIdsNotSupported(RequestRefused):
    """This service's pull cannot be narrowed to entities."""

    code = "entity_ids_not_supported"


class IdempotencyKeyReused(RequestRefused):
    """The key was used within 24 hours for another body."""

    code = "idempotency_key_reused"


class UnsupportedMediaType(RequestRefused):
    """A body that says it isn't JSON."""

    code = "unsupported_media_type"


class Unavailable(IntegrationsError):
    """Our own storage did not answer: nothing was changed; ask again."""

    code = "unavailable"


class LeaseLost(IntegrationsError):
    """Another worker holds the integration now: nothing more may be written; what this one did will be found again."""

    code = "lease_lost"


class JobCancelled(IntegrationsError):
    """Somebody cancelled the job while it ran: what was done stays done, nothing more is."""

    code = "job_cancelled"


class Unauthorized(RequestRefused):
    """No API key, an unknown one, or one that was revoked."""

    code = "unauthorized"


class RouteNotFound(NotFound):
    """The API has no such path, or the path has no such method."""

    code = "route_not_found"


class BodyTooLarge(RequestRefused):
    """The body has more bytes than any legal one."""

    code = "payload_too_large"


class TooManyRequests(RequestRefused):
    """The plan's requests are used up for now; Retry-After says in seconds when there will be more."""

    code = "rate_limited"

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
