"""GET /api/v1/integrations/{id}: one integration with its configuration."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.integrations import find_integration
from integrations.api.route import Api, Page
from integrations.api.views import integration_detail_view
from integrations.domain.errors import IntegrationNotFound
from integrations.runtime.api import services

PAGE = Page(
    summary="Get an integration",
    description="Its configuration and field mappings; credentials are never shown.",
    tag="Integrations",
    success=(200, "IntegrationAnswer"),
    refusals=(IntegrationNotFound,),
)

app = Api(services)


@app.endpoint("GET", "/api/v1/integrations/<integration_id>", "admin", PAGE)
def get_integration(call: ApiCall, integration_id: str) -> dict[str, Any]:
    """The detail."""
    integration = find_integration(services().integrations, call.project_id, integration_id)
    return {"data": integration_detail_view(integration)}


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
