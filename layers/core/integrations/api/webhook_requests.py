"""What services send, for the OpenAPI document: nobody validates it, since a body counts by its signature alone."""

from typing import Final

from pydantic import ConfigDict
from pydantic.config import JsonDict

from integrations.api.requests import Input, left_out

SANITY: Final[JsonDict] = {"_id": "3f9c2e", "_type": "post", "_rev": "Ju1pWTQ", "title": "Spring collection"}
LOOPS: Final[JsonDict] = {
    "eventName": "contact.unsubscribed",
    "eventTime": 1734425918,
    "webhookSchemaVersion": "1.0.0",
    "contactIdentity": {"id": "cm4n2", "email": "ada@example.com", "userId": None},
}
POSTHOG: Final[JsonDict] = {
    "event": {
        "uuid": "01938e2c-7a54-7000-9f3a-5c1d2b9e4f60",
        "event": "signed up",
        "distinct_id": "user-1",
        "timestamp": "2026-11-01T12:00:00Z",
        "properties": {"plan": "pro"},
    },
    "person": {"id": "user-1", "properties": {"email": "ada@example.com"}},
}


class WebhookDelivery(Input):
    """What the service sends, as it sends it: Sanity a document or a projection of it, Loops an event, PostHog the
    default body of its destination "HTTP Webhook"."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [SANITY, LOOPS, POSTHOG]})


class WebhookHeaders(Input):
    """What proves it, each service's own."""

    sanity_signature: str = left_out(
        "Sanity: `t=<Unix milliseconds>,v1=<base64url of HMAC-SHA256>` over `<t>.<body>`",
        alias="sanity-webhook-signature",
        examples=["t=1700000000000,v1=wIapmXbeBmAOWEbSLNkkP29nXB52g-5ljIEjiPxvpLo"],
    )
    webhook_id: str = left_out("Loops: the delivery's id, the same however often it is sent", alias="webhook-id")
    webhook_timestamp: str = left_out("Loops: when it was sent, in Unix seconds", alias="webhook-timestamp")
    webhook_signature: str = left_out(
        "Loops: `v1,<base64 of HMAC-SHA256>` over `<id>.<timestamp>.<body>`, as Standard Webhooks has it",
        alias="webhook-signature",
        examples=["v1,YaOPCezcL/PCOQwwm9aH0AxA8gYOy2RAXWvu4UutBfU="],
    )
    secret: str = left_out("PostHog: the `webhookSecret` itself", alias="X-Webhook-Secret")
