"""GET /api/v1/integrations/{id}/events: who changed what of an integration, newest first."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.audit import page_of_audit
from integrations.api.call import ApiCall
from integrations.api.integration_requests import AuditQuery
from integrations.api.integrations import find_integration
from integrations.api.route import Api, Page
from integrations.domain.errors import IntegrationNotFound
from integrations.runtime.api import services

PAGE = Page(
    summary="List what was changed of an integration",
    description="Every call that created or changed it or gave it credentials: by which key, and which fields. Newest "
    "first, kept 90 days.",
    tag="Integrations",
    success=(200, "AuditAnswer"),
    refusals=(IntegrationNotFound,),
    query=AuditQuery,
)

app = Api(services)


@app.endpoint("GET", "/api/v1/integrations/<integration_id>/events", "admin", PAGE)
def list_audit(call: ApiCall, integration_id: str) -> dict[str, Any]:
    """One page."""
    integration = find_integration(services().integrations, call.project_id, integration_id)
    query, secret = call.query(AuditQuery), services().settings.cursor_secret
    return page_of_audit(integration, query, services().audit, secret, services().now())


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
