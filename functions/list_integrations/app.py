"""GET /api/v1/integrations: what the project has connected."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.documentation import Page
from integrations.api.endpoint import endpoint, resolver, serve
from integrations.api.envelopes import IntegrationListAnswer
from integrations.api.views import integration_view
from integrations.runtime.api import services

PAGE = Page(
    summary="List integrations",
    description="Every integration of the project.",
    tag="Integrations",
    success=(200, IntegrationListAnswer),
)

app = resolver()


@endpoint(app, "GET", "/api/v1/integrations", "read", PAGE)
def list_integrations(call: ApiCall) -> IntegrationListAnswer:
    """All of them, each with five fields."""
    found = services().integrations.list(call.project_id)
    return IntegrationListAnswer(data=[integration_view(integration) for integration in found])


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return serve(app, event, context)
