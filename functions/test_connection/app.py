"""POST /api/v1/integrations/{id}/test: does the service answer with the stored credentials?"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.documentation import Page
from integrations.api.endpoint import endpoint, resolver, serve
from integrations.api.envelopes import ConnectionAnswer
from integrations.api.integrations import connection_answer, find_integration
from integrations.domain.errors import IntegrationNotFound
from integrations.runtime.api import services
from integrations.sync.connection import check_connection

PAGE = Page(
    summary="Test a connection",
    description="One authenticated call with the stored configuration; refused, failed and unanswered calls are "
    "answers too. Refused credentials make the integration `error`, success makes `pending` and `error` `active`.",
    tag="Integrations",
    success=(200, ConnectionAnswer),
    refusals=(IntegrationNotFound,),
)

app = resolver()


@endpoint(app, "POST", "/api/v1/integrations/<integration_id>/test", "write", PAGE)
def test_connection(call: ApiCall, integration_id: str) -> ConnectionAnswer:
    """The outcome of one look at the service."""
    stores = services()
    integration = find_integration(stores.integrations, call.project_id, integration_id)
    return connection_answer(check_connection(integration, stores.connect, stores.integrations, stores.now))


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return serve(app, event, context)
