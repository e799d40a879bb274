"""POST /api/v1/integrations/{id}/sync: stores a job, wakes a worker, answers at once."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.integrations import find_integration
from integrations.api.requests import SyncHeaders, SyncRequest
from integrations.api.route import Api, Page
from integrations.api.sync import sync_answer
from integrations.domain import errors
from integrations.runtime.api import services

PAGE = Page(
    summary="Sync an integration",
    description="Without `entityIds`, all entities of the mapped entity types. A sync identical to one that waits is "
    "joined to it. The answer comes at once; once accepted the job will run.",
    tag="Integrations",
    success=(202, "SyncAnswer"),
    refusals=(
        errors.IntegrationNotFound,
        errors.DirectionNotSupported,
        errors.EntityIdsNotSupported,
        errors.IdempotencyKeyReused,
        errors.IntegrationInactive,
        errors.CredentialsMissing,
    ),
    headers=SyncHeaders,
    body=SyncRequest,
)

app = Api(services)


@app.endpoint("POST", "/api/v1/integrations/<integration_id>/sync", "write", PAGE)
def trigger_sync(call: ApiCall, integration_id: str) -> dict[str, Any]:
    """The job that will do it."""
    integration = find_integration(services().integrations, call.project_id, integration_id)
    return sync_answer(integration, call.body(SyncRequest), call.headers(SyncHeaders), services())


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
