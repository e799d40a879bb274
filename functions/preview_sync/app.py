"""POST /api/v1/integrations/{id}/preview: what a sync of some entities would do."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.integrations import find_integration
from integrations.api.looking import preview_answer
from integrations.api.requests import PreviewRequest
from integrations.api.route import Api, Page
from integrations.domain import errors
from integrations.runtime.api import services

PAGE = Page(
    summary="Preview a sync",
    description="What a sync of these entities would do, decided as the sync decides it, and nothing of it is done. "
    "Conflicts are seen where the service shows what it has (Sanity); PostHog and Loops are looked up, and a push "
    "overwrites. Where the service refuses the integration every entity would `fail`. What "
    "only sending can tell, such as a service's own validation, isn't known.",
    tag="Integrations",
    success=(200, "PreviewAnswer"),
    refusals=(
        errors.IntegrationNotFound,
        errors.DirectionNotSupported,
        errors.EntityIdsNotSupported,
        errors.IntegrationInactive,
        errors.CredentialsMissing,
    ),
    body=PreviewRequest,
)

app = Api(services)


@app.endpoint("POST", "/api/v1/integrations/<integration_id>/preview", "admin", PAGE)
def preview_sync(call: ApiCall, integration_id: str) -> dict[str, Any]:
    """One entry for each entity."""
    stores = services()
    integration = find_integration(stores.integrations, call.project_id, integration_id)
    return preview_answer(integration, call.body(PreviewRequest), stores)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
