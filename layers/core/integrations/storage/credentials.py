"""Credentials: sealed by one KMS key, bound to what they are for, kept as ciphertexts on the integration's item.

The encryption context is {projectId, integrationId, purpose, addresses}: a ciphertext moved to another integration, or
used for another address than it was given for, doesn't open. KMS encrypts at most 4,096 bytes ("Encrypt" in the AWS KMS
API reference). The context is written to CloudTrail and holds no secret.
"""

from collections.abc import Iterable
from typing import Any, Literal, Protocol

from botocore.exceptions import ClientError

from integrations.domain.errors import IntegrationNotFound, ReconnectRequired, ValidationFailed
from integrations.storage import keys
from integrations.storage.aws_errors import error_code, outages_as_unavailable
from integrations.storage.expressions import Update
from integrations.storage.table import ConditionFailed, Table

type Purpose = Literal["service", "webhook"]
CREDENTIALS_MAXIMUM_BYTES = 4096
_ATTRIBUTES: dict[Purpose, str] = {"service": "credentials", "webhook": "webhookSecret"}
_REFUSALS = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


class KmsClient(Protocol):
    """What is used of boto3's KMS client."""

    def encrypt(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""

    def decrypt(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""


class CredentialVault:
    """Seals and opens with the key `key_id` (an id, ARN or alias). Both raise `Unavailable`."""

    def __init__(self, client: KmsClient, key_id: str) -> None:
        self._client = client
        self._key_id = key_id

    def seal(
        self, project_id: str, integration_id: str, purpose: Purpose, addresses: Iterable[str], plaintext: str
    ) -> bytes:
        """The ciphertext. Raises `ValidationFailed` over 4,096 bytes."""
        secret = plaintext.encode()
        if len(secret) > CREDENTIALS_MAXIMUM_BYTES:
            message = f"credentials take {len(secret)} bytes; at most {CREDENTIALS_MAXIMUM_BYTES} are allowed"
            raise ValidationFailed(message, (("credentials", message),))
        context = _context(project_id, integration_id, purpose, addresses)
        with outages_as_unavailable("KMS"):
            answer = self._client.encrypt(KeyId=self._key_id, Plaintext=secret, EncryptionContext=context)
        return bytes(answer["CiphertextBlob"])

    def open(
        self, project_id: str, integration_id: str, purpose: Purpose, addresses: Iterable[str], ciphertext: bytes
    ) -> str:
        """What was sealed. Raises `ReconnectRequired` (`credentials_missing`) if it was sealed for something else."""
        context = _context(project_id, integration_id, purpose, addresses)
        try:
            with outages_as_unavailable("KMS"):
                answer = self._client.decrypt(KeyId=self._key_id, CiphertextBlob=ciphertext, EncryptionContext=context)
        except ClientError as error:
            if error_code(error) not in _REFUSALS:
                raise
            message = f"The stored credentials of {integration_id} were given for other addresses: enter them again."
            raise ReconnectRequired(message, code="credentials_missing") from None
        return bytes(answer["Plaintext"]).decode()


class CredentialStore:
    """The ciphertexts on the integration's item, in IntegrationsTable."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put_credentials(
        self, project_id: str, integration_id: str, credentials: bytes, webhook_secret: bytes | None
    ) -> None:
        """Replaces both ciphertexts, the webhook's by none where none is given. Raises `IntegrationNotFound`."""
        changes = "SET #credentials = :credentials, #credentialsSet = :true"
        changes += ", #webhookSecret = :secret" if webhook_secret else " REMOVE #webhookSecret"
        changes += " ADD #credentialsVersion :one"
        values = {"credentials": credentials, "secret": webhook_secret, "true": True, "one": 1}
        key = keys.integration(project_id, integration_id)
        try:
            self._table.write(Update(key, changes, "attribute_exists(#pk)", values))
        except ConditionFailed:
            raise IntegrationNotFound(f"the project has no integration {integration_id}") from None

    def read_ciphertext(self, project_id: str, integration_id: str, purpose: Purpose) -> bytes | None:
        """The ciphertext as it is now, and nothing else of the item."""
        attribute = _ATTRIBUTES[purpose]
        item = self._table.get(keys.integration(project_id, integration_id), projection=(attribute,))
        return item[attribute] if item else None


def _context(project_id: str, integration_id: str, purpose: Purpose, addresses: Iterable[str]) -> dict[str, str]:
    return {
        "projectId": project_id,
        "integrationId": integration_id,
        "purpose": purpose,
        "addresses": ",".join(sorted(set(addresses))),
    }
