"""GET /api/v1/integrations/{id}/fields: which fields the service has, for mapping to them."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.integrations import find_integration
from integrations.api.looking import fields_answer
from integrations.api.route import Api, Page
from integrations.domain import errors
from integrations.runtime.api import services

PAGE = Page(
    summary="List the service's fields",
    description="Loops: contact properties that may be written. Sanity: keys of the first 50 documents of each mapped "
    "type, nested ones dotted. PostHog: what persons, events and page views have, and properties of the 100 newest "
    "persons. Search Console: dimensions and figures. Other targets may exist: this is a help, not a limit.",
    tag="Integrations",
    success=(200, "FieldsAnswer"),
    refusals=(
        errors.IntegrationNotFound,
        errors.CredentialsMissing,
    ),
)

app = Api(services)


@app.endpoint("GET", "/api/v1/integrations/<integration_id>/fields", "admin", PAGE)
def list_fields(call: ApiCall, integration_id: str) -> dict[str, Any]:
    """All of them."""
    stores = services()
    integration = find_integration(stores.integrations, call.project_id, integration_id)
    return fields_answer(integration, stores)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
