"""Which fields an integration's service has."""

from collections.abc import Sequence

from integrations.domain.integration import Integration
from integrations.providers.contract import FieldListing, ServiceField
from integrations.sync.ports import Connect


def list_fields(integration: Integration, connect: Connect) -> Sequence[ServiceField]:
    """The fields, none of a service that can't list them. Raises `ServiceError`s."""
    provider = connect(integration)
    try:
        return provider.fields() if isinstance(provider, FieldListing) else ()
    finally:
        provider.close()
