"""PUT /api/v1/integrations/{id}/credentials: write-only; nothing ever shows them again."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.integration_requests import Credentials
from integrations.api.integrations import find_integration
from integrations.api.management import keep_credentials
from integrations.api.route import Api, Page
from integrations.domain.errors import IntegrationNotFound
from integrations.runtime.api import services

PAGE = Page(
    summary="Give an integration its credentials",
    description="Replaces all of them. They are encrypted for the integration's addresses, and never shown. The "
    "integration is `pending`, also if it was `active`, until a connection test or a sync has succeeded with them; an "
    "`inactive` one stays so. Its `version` stays: nothing that a PATCH changes has changed.",
    tag="Integrations",
    success=(204, None),
    refusals=(IntegrationNotFound,),
    body=Credentials,
)

app = Api(services)


@app.endpoint("PUT", "/api/v1/integrations/<integration_id>/credentials", "admin", PAGE)
def put_credentials(call: ApiCall, integration_id: str) -> None:
    """Nothing is answered."""
    integration = find_integration(services().management, call.project_id, integration_id)
    keep_credentials(call, integration, call.body(Credentials), services())


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
