"""Integrations as this API shows them: the list, one of them, and what a test of its connection found."""

from integrations.api import envelopes
from integrations.api.models import Connection
from integrations.api.ports import ProjectIntegrations
from integrations.domain.errors import IntegrationNotFound
from integrations.domain.integration import Integration
from integrations.providers.contract import ConnectionReport


def find_integration(integrations: ProjectIntegrations, project_id: str, integration_id: str) -> Integration:
    """The integration of that project. Raises `IntegrationNotFound`: another project's are not found, either."""
    integration = integrations.find(project_id, integration_id)
    if integration is None:
        message = f"the project {project_id!r} has no integration {integration_id!r}; see GET /api/v1/integrations"
        raise IntegrationNotFound(message)
    return integration


def connection_answer(report: ConnectionReport) -> envelopes.ConnectionAnswer:
    """The report, with its diagnosis in `meta`."""
    found = report.diagnosis
    diagnosis = found and envelopes.Diagnosis(
        code=found.code, message=found.message, suggestions=list(found.suggestions)
    )
    return envelopes.ConnectionAnswer(
        data=Connection(connected=report.connected, latency_ms=report.latency_ms),
        meta=diagnosis and envelopes.ConnectionMeta(diagnosis=diagnosis),
    )
