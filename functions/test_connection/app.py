"""POST /api/v1/integrations/{id}/test: does the service answer with the stored credentials?"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.connection import connection_answer
from integrations.api.integrations import find_integration
from integrations.api.route import Api, Page
from integrations.domain.errors import IntegrationNotFound
from integrations.runtime.api import services
from integrations.sync.connection import check_connection

PAGE = Page(
    summary="Test a connection",
    description="One authenticated call with the stored configuration; refused, failed and unanswered calls are "
    "answers too. Refused credentials make the integration `error`, success makes `pending` and `error` `active`.",
    tag="Integrations",
    success=(200, "ConnectionAnswer"),
    refusals=(IntegrationNotFound,),
)

app = Api(services)


@app.endpoint("POST", "/api/v1/integrations/<integration_id>/test", "write", PAGE)
def test_connection(call: ApiCall, integration_id: str) -> dict[str, Any]:
    """The outcome of one look at the service."""
    stores = services()
    integration = find_integration(stores.integrations, call.project_id, integration_id)
    return connection_answer(check_connection(integration, stores.connect, stores.integrations, stores.now))


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
