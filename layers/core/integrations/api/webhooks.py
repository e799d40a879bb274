"""A delivery of a service's webhook: whose it is, whether it is the service's, and what it names."""

from typing import TYPE_CHECKING, Final, Protocol

from integrations.api.call import raw_body
from integrations.api.log import log
from integrations.domain.errors import BodyTooLarge, ReconnectRequired, WebhookUnauthorized
from integrations.providers.registry import spec_for, webhook_reader_for
from integrations.providers.webhooks import Delivery, WebhookReader
from integrations.sync.gather import Gathering, gather

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

    from integrations.api.ports import FindsIntegrations
    from integrations.domain.integration import Integration
    from integrations.storage.credentials import CredentialStore, CredentialVault
    from integrations.sync.ports import WakeUps

BODY_MAXIMUM_BYTES: Final = 256 * 1024
REFUSAL: Final = (
    "the signature is not that of a webhook of this address; check the address and the secret on both sides"
)
"""The same for whatever is wrong: nobody learns which integrations there are."""


class Webhooks(Protocol):
    """What is known of webhooks."""

    def projects_of(self, integration_id: str) -> "Sequence[str]":
        """The projects with an integration of that id that was given a secret for webhooks."""

    def is_taken(self, project_id: str, integration_id: str, delivery_id: str, now: int) -> bool:
        """Whether this delivery was remembered within 24 hours."""

    def remember(self, project_id: str, integration_id: str, delivery_id: str, now: int) -> None:
        """From now on it is taken."""


class WebhookServices(Protocol):
    """What taking a webhook needs."""

    @property
    def webhooks(self) -> Webhooks:
        """Addresses and deliveries."""

    @property
    def integrations(self) -> "FindsIntegrations":
        """What is configured."""

    @property
    def credentials(self) -> "CredentialStore":
        """The ciphertexts."""

    @property
    def vault(self) -> "CredentialVault":
        """What opens the one of webhooks."""

    @property
    def gathering(self) -> Gathering:
        """The open jobs."""

    @property
    def wake_ups(self) -> "WakeUps":
        """The queue."""

    def now(self) -> int:
        """Unix milliseconds."""

    def randomness(self) -> bytes:
        """10 bytes."""


def take_delivery(event: "APIGatewayProxyEvent", integration_id: str, services: WebhookServices) -> None:
    """Gathers what the delivery names, then remembers that it was taken: a crash between the two has it sent again, and
    gathering it twice is gathering it once. Raises `BodyTooLarge`, `WebhookUnauthorized`, `Unavailable`."""
    delivery = _delivery_of(event)
    integration, reader, delivery_id = _authenticated(delivery, integration_id, services)
    scope, now = (integration.project_id, integration.id), services.now()
    log().append_keys(project_id=integration.project_id, integration_id=integration.id)
    if not _is_wanted(integration) or services.webhooks.is_taken(*scope, delivery_id, now):
        return
    ids = reader.named(delivery, integration)
    job_ids = gather(
        integration,
        "pull",
        ids,
        gathering=services.gathering,
        wake_ups=services.wake_ups,
        now=now,
        randomness=services.randomness,
    )
    services.webhooks.remember(*scope, delivery_id, now)
    log().info("webhook taken", named=len(ids), job_ids=job_ids)


def _delivery_of(event: "APIGatewayProxyEvent") -> Delivery:
    body = raw_body(event)
    if len(body) > BODY_MAXIMUM_BYTES:
        message = f"the body has {len(body)} bytes; at most {BODY_MAXIMUM_BYTES} are taken: send a smaller projection"
        raise BodyTooLarge(message)
    return Delivery({name.lower(): value for name, value in (event.get("headers") or {}).items()}, body)


def _is_wanted(integration: "Integration") -> bool:
    """Figures by `match` are sums over a window: no single record changes them."""
    directions = spec_for(integration.type).directions_for(integration.config)
    return integration.status != "inactive" and integration.match is None and "pull" in directions


def _authenticated(
    delivery: Delivery, integration_id: str, services: WebhookServices
) -> "tuple[Integration, WebhookReader, str]":
    for project_id in services.webhooks.projects_of(integration_id):
        integration = services.integrations.find(project_id, integration_id)
        reader = webhook_reader_for(integration.type) if integration else None
        if integration is None or reader is None:
            continue
        secret = _secret_of(integration, services)
        delivery_id = reader.delivery_id(delivery, secret, services.now()) if secret else None
        if delivery_id is not None:
            return integration, reader, delivery_id
    raise WebhookUnauthorized(REFUSAL)


def _secret_of(integration: "Integration", services: WebhookServices) -> str | None:
    scope = (integration.project_id, integration.id)
    ciphertext = services.credentials.read_ciphertext(*scope, "webhook")
    if ciphertext is None:
        return None
    try:
        return services.vault.open(
            *scope, "webhook", spec_for(integration.type).addresses(integration.config), ciphertext
        )
    except ReconnectRequired:
        return None
