"""POST /api/v1/webhooks/{id}: a service says that something changed there."""

from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.route import Api, Page
from integrations.api.webhook_requests import WebhookDelivery, WebhookHeaders
from integrations.api.webhooks import take_delivery
from integrations.domain.errors import BodyTooLarge, WebhookUnauthorized
from integrations.runtime.api import services

PAGE = Page(
    summary="Receive a webhook",
    description="For the services themselves, which prove who they are by the integration's `webhookSecret`: Sanity "
    "and Loops sign the body, PostHog sends the secret as `X-Webhook-Secret`. What a delivery names is pulled half a "
    "minute later, together with what others name until then. A delivery that comes again within 24 hours does "
    "nothing; one that was signed over 40 minutes ago is refused, and so are bodies over 256 KiB. Unknown integrations "
    "and wrong signatures get the same answer.",
    tag="Webhooks",
    success=(202, None),
    refusals=(BodyTooLarge, WebhookUnauthorized),
    headers=WebhookHeaders,
    body=WebhookDelivery,
)

app = Api(services)


@app.endpoint("POST", "/api/v1/webhooks/<integration_id>", None, PAGE)
def receive_webhook(event: APIGatewayProxyEvent, integration_id: str) -> None:
    """Nothing is answered."""
    take_delivery(event, integration_id, services())


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
