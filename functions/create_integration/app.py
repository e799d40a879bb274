"""POST /api/v1/integrations: connects the project to a service; credentials follow in a call of their own."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.integration_requests import CreateIntegration
from integrations.api.management import created_answer
from integrations.api.route import Api, Page
from integrations.runtime.api import services

PAGE = Page(
    summary="Create an integration",
    description="Without credentials, which `PUT …/credentials` takes. It is `pending` until a connection test or a "
    "sync has succeeded.",
    tag="Integrations",
    success=(201, "IntegrationAnswer"),
    body=CreateIntegration,
)

app = Api(services)


@app.endpoint("POST", "/api/v1/integrations", "admin", PAGE)
def create_integration(call: ApiCall) -> dict[str, Any]:
    """The new one."""
    return created_answer(call, call.body(CreateIntegration), services())


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
