"""A connection test: one look at the service, and what it proves about the integration."""

from dataclasses import replace
from typing import Protocol

from integrations.domain.errors import ServiceError
from integrations.domain.integration import Diagnosis, Integration, StatusReason
from integrations.providers.contract import ConnectionReport
from integrations.sync.ports import Clock, Connect

SETTINGS_PLACE = "Settings > Integrations"


class ConnectionStatuses(Protocol):
    """What a test may change. Neither touches an `inactive` integration, which is an admin's choice, nor one whose
    credentials aren't the tried ones any more: of the new ones nothing is proved."""

    def mark_connected(self, project_id: str, integration_id: str, credentials_version: int) -> bool:
        """`pending` and `error` become `active`."""

    def mark_refused(
        self, project_id: str, integration_id: str, reason: StatusReason, credentials_version: int
    ) -> bool:
        """The service refused the credentials: `error`."""


def check_connection(
    integration: Integration, connect: Connect, statuses: ConnectionStatuses, clock: Clock
) -> ConnectionReport:
    """Tries the stored configuration and credentials, and keeps what that proves; a time-out proves nothing.

    The report of a failure tells where to verify the credentials. Raises `Unavailable` where our own stores fail."""
    report = _explained(_tried(integration, connect))
    tried = integration.credentials_version
    if report.connected:
        statuses.mark_connected(integration.project_id, integration.id, tried)
    elif report.refused and report.diagnosis is not None:
        reason = StatusReason("credentials_refused", report.diagnosis.message, clock())
        statuses.mark_refused(integration.project_id, integration.id, reason, tried)
    return report


def _tried(integration: Integration, connect: Connect) -> ConnectionReport:
    if not integration.credentials_set:
        return _untried("credentials_missing", "No credentials are stored.")
    try:
        provider = connect(integration)
    except ServiceError as error:
        return _untried(error.code, error.message)
    try:
        return provider.check()
    finally:
        provider.close()


def _untried(code: str, message: str) -> ConnectionReport:
    return ConnectionReport(connected=False, latency_ms=0, diagnosis=Diagnosis(code, message))


def _explained(report: ConnectionReport) -> ConnectionReport:
    if report.connected:
        return report
    diagnosis = report.diagnosis or Diagnosis("not_connected", "The service could not be reached.")
    if SETTINGS_PLACE not in diagnosis.message:
        message = f"{diagnosis.message} Verify the credentials in {SETTINGS_PLACE}."
        diagnosis = replace(diagnosis, message=message)
    return replace(report, diagnosis=diagnosis)
