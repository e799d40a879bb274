"""What can be set on the Loops simulator; the README says what each switch stands for."""

import base64
from dataclasses import dataclass

from tests.simulators.webhooks import check_webhook_url


@dataclass(frozen=True, slots=True)
class LoopsSwitches:
    """The defaults are what the documentation says, or the likelier or harsher choice where it is silent."""

    team_name: str = "Simulated team"

    rate_limits: bool = True
    requests_per_second: int = 10
    refused_requests_count: bool = False
    retry_after_seconds: int = 0

    string_characters: int = 500
    lowercase_emails: bool = False
    unknown_properties: str = "ignore"
    check_property_types: bool = True
    require_camel_case: bool = True
    report_empty_properties: bool = False
    unknown_list_status: int = 400
    user_id_alone_status: int = 400
    identity_conflict_status: int = 409
    method_refusal_body: bool = True

    idempotency_seconds: float = 86_400.0
    same_body_replay: str = "conflict"
    failures_burn_keys: bool = False

    webhook_url: str = ""
    webhook_secret: str = "whsec_bG9vcHMtdGVzdC1zaWduaW5nLWtleS0zMmJ5dGVzISE="
    webhooks_per_second: int = 10
    webhook_attempts: int = 5
    webhook_retry_seconds: float = 0.2
    webhooks_duplicated: bool = False
    webhooks_held: bool = False


CHOICES = {
    "unknown_properties": ("ignore", "refuse", "create"),
    "same_body_replay": ("conflict", "success"),
}


def check_choices(switches: LoopsSwitches) -> LoopsSwitches:
    """The switches, if each text among them is one that is known. Raises `ValueError`."""
    for name, allowed in CHOICES.items():
        if getattr(switches, name) not in allowed:
            message = f"{name} is one of {', '.join(allowed)}, got {getattr(switches, name)!r}"
            raise ValueError(message)
    check_webhook_url(switches.webhook_url)
    base64.b64decode(switches.webhook_secret.removeprefix("whsec_"), validate=True)
    return switches
