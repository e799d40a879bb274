"""PATCH /api/v1/integrations/{id}: changes what is configured, from a version that the caller has seen."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.integration_requests import UpdateIntegration, VersionHeaders
from integrations.api.integrations import find_integration
from integrations.api.management import updated_answer
from integrations.api.route import Api, Page
from integrations.domain import errors
from integrations.runtime.api import services

PAGE = Page(
    summary="Change an integration",
    description="What is given replaces the old value as a whole; what is left out stays. Credentials are bound to the "
    "service's address: a change of it (`apiHost` and the like) drops them, makes the integration `pending`, and says "
    "so in `statusReason`. `inactive` ends its unfinished jobs when a worker comes to them. `active` makes an inactive "
    "one what it was before, or `pending` if its credentials are missing or have not worked; on any other it changes "
    "nothing, as only a test or a sync proves credentials. After a change of what is exchanged the next run is `full`; "
    "records that went to another dataset or account before are sent again by `mode: resync`.",
    tag="Integrations",
    success=(200, "IntegrationAnswer"),
    refusals=(errors.IntegrationNotFound, errors.VersionRequired, errors.VersionConflict),
    headers=VersionHeaders,
    body=UpdateIntegration,
)

app = Api(services)


@app.endpoint("PATCH", "/api/v1/integrations/<integration_id>", "admin", PAGE)
def update_integration(call: ApiCall, integration_id: str) -> dict[str, Any]:
    """The integration as it is now."""
    integration = find_integration(services().management, call.project_id, integration_id)
    return updated_answer(call, integration, call.body(UpdateIntegration), call.headers(VersionHeaders), services())


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
