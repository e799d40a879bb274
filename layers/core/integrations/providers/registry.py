"""The services this product knows: one entry each.

A service is a package with a module `spec` (its `SPEC`), a module `provider` (its `connect`) and, if it sends webhooks,
a module `webhook` (its `READER`). They are imported when asked for, so that who only needs a spec never loads an HTTP
library.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from types import MappingProxyType
from typing import Any, cast

from integrations.domain.errors import ConfigurationRefused, ReconnectRequired, ValidationFailed
from integrations.domain.integration import Integration
from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import Provider
from integrations.providers.spec import ProviderSpec, ServiceConfig, ServiceCredentials
from integrations.providers.webhooks import WebhookReader

_PACKAGES: Mapping[str, str] = MappingProxyType(
    {
        "sanity": "integrations.providers.sanity",
        "google_search_console": "integrations.providers.google_search_console",
        "posthog": "integrations.providers.posthog",
        "loops": "integrations.providers.loops",
    }
)


def service_types() -> tuple[str, ...]:
    """The types an integration can have."""
    return tuple(_PACKAGES)


def spec_for(service_type: str) -> ProviderSpec[Any, Any]:
    """What is known of the service without calling it. Raises `ValidationFailed` naming the known types."""
    if service_type not in _PACKAGES:
        known = ", ".join(service_types())
        raise ValidationFailed("There is no such service.", (("type", f"must be one of: {known}"),))
    module = import_module(f"{_PACKAGES[service_type]}.spec")
    return cast("ProviderSpec[Any, Any]", module.SPEC)


def webhook_reader_for(service_type: str) -> WebhookReader | None:
    """How the service's webhooks are read, from its module `webhook`; None for a service that sends none."""
    if "webhook_secret" not in spec_for(service_type).credentials.model_fields:
        return None
    module = import_module(f"{_PACKAGES[service_type]}.webhook")
    return cast("WebhookReader", module.READER)


def connect(integration: Integration, credentials: bytes, settings: ConnectionSettings) -> Provider:
    """Opens the integration's service, without a call; `credentials` is what `ProviderSpec.credentials_plaintext` made.

    Raises `ReconnectRequired` for unusable credentials, `ConfigurationRefused` for an unusable configuration or an
    address that may not be called."""
    try:
        spec = spec_for(integration.type)
        config = spec.checked_config(integration.config)
    except ValidationFailed as error:
        problems = "; ".join(f"{field}: {problem}" for field, problem in error.details)
        raise ConfigurationRefused(f"{error.message} {problems}", code="configuration_invalid") from None
    keys = _read_credentials(spec, credentials)
    module = import_module(f"{_PACKAGES[integration.type]}.provider")
    return cast("Provider", module.connect(config, keys, _with_pacer(settings, spec, config, keys)))


def _with_pacer(
    settings: ConnectionSettings, spec: ProviderSpec[Any, Any], config: ServiceConfig, keys: ServiceCredentials
) -> ConnectionSettings:
    """The settings with the limiter that all connections of the same quota share."""
    if settings.pacer_for is None or settings.pacer is not None:
        return settings
    holder = f"{spec.type}|{spec.quota_holder(config, keys)}"
    return replace(settings, pacer=settings.pacer_for(hashlib.sha256(holder.encode()).hexdigest()))


def _read_credentials(spec: ProviderSpec[Any, Any], plaintext: bytes) -> ServiceCredentials:
    try:
        keys: ServiceCredentials = spec.checked_credentials(json.loads(plaintext))
    except (ValueError, TypeError, ValidationFailed):
        problem = f"the stored credentials can't be used for {spec.label}; enter them again"
    else:
        return keys
    raise ReconnectRequired(problem, code="credentials_unusable")
