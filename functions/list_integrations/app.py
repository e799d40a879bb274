"""GET /api/v1/integrations: what the project has connected."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.route import Api, Page
from integrations.api.views import integration_view
from integrations.runtime.api import services

PAGE = Page(
    summary="List integrations",
    description="Every integration of the project.",
    tag="Integrations",
    success=(200, "IntegrationListAnswer"),
)

app = Api(services)


@app.endpoint("GET", "/api/v1/integrations", "read", PAGE)
def list_integrations(call: ApiCall) -> dict[str, Any]:
    """All of them, each with five fields."""
    found = services().integrations.list(call.project_id)
    return {"data": [integration_view(integration) for integration in found]}


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
