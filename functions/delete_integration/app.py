"""DELETE /api/v1/integrations/{id}: what it exchanged stays, here and in the service."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.integrations import find_integration
from integrations.api.management import forget_integration
from integrations.api.route import Api, Page
from integrations.domain.errors import IntegrationNotFound
from integrations.runtime.api import services

PAGE = Page(
    summary="Delete an integration",
    description="It is not found from then on, its credentials are gone, and its unfinished jobs are cancelled; one "
    "that is worked on ends at its next batch. What was exchanged stays, here and in the service; jobs and their logs "
    "stay 90 days. What the integration remembers of the exchange goes within minutes. Another one for the same "
    "service finds the same records again.",
    tag="Integrations",
    success=(204, None),
    refusals=(IntegrationNotFound,),
)

app = Api(services)


@app.endpoint("DELETE", "/api/v1/integrations/<integration_id>", "admin", PAGE)
def delete_integration(call: ApiCall, integration_id: str) -> None:
    """Nothing is answered."""
    integration = find_integration(services().management, call.project_id, integration_id)
    forget_integration(call, integration, services())


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
