"""Credentials: sealed by one KMS key, bound to what they are for, kept as ciphertexts on the integration's item.

The encryption context is {projectId, integrationId, purpose, addresses}: a ciphertext moved to another integration, or
used for another address than it was given for, doesn't open. KMS encrypts at most 4,096 bytes ("Encrypt" in the AWS KMS
API reference). The context is written to CloudTrail and holds no secret.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any, Literal, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from integrations.domain.errors import IntegrationNotFound, ReconnectRequired, ValidationFailed
from integrations.storage import keys
from integrations.storage.aws_errors import error_code, outage_of
from integrations.storage.expressions import Action, Update
from integrations.storage.table import Table, TransactionRefused
from integrations.storage.webhooks import addressed

type Purpose = Literal["service", "webhook"]
CREDENTIALS_MAXIMUM_BYTES = 4096
_ATTRIBUTES: dict[Purpose, str] = {"service": "credentials", "webhook": "webhookSecret"}
_REFUSALS = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


class KmsRefused(Exception):
    """KMS does not do it, for a reason that waiting doesn't mend: `code` is its own, or the client's error's name."""

    def __init__(self, code: str) -> None:
        super().__init__(f"KMS refused: {code}")
        self.code = code


class KmsClient(Protocol):
    """What is used of boto3's KMS client."""

    def encrypt(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""

    def decrypt(self, **parameters: object) -> dict[str, Any]:
        """The call of that name."""


class CredentialVault:
    """Seals and opens with the key `key_id` (an id, ARN or alias). Both raise `Unavailable`, `KmsRefused`."""

    def __init__(self, client: KmsClient, key_id: str) -> None:
        self._client = client
        self._key_id = key_id
        # At DEBUG it logs what it sends and gets, plaintexts included, whoever turned that on.
        logging.getLogger("botocore").setLevel(logging.INFO)

    def seal(
        self, project_id: str, integration_id: str, purpose: Purpose, addresses: Iterable[str], plaintext: str
    ) -> bytes:
        """The ciphertext. Raises `ValidationFailed` over 4,096 bytes."""
        secret = plaintext.encode()
        if len(secret) > CREDENTIALS_MAXIMUM_BYTES:
            message = f"credentials take {len(secret)} bytes; at most {CREDENTIALS_MAXIMUM_BYTES} are allowed"
            raise ValidationFailed(message, (("credentials", message),))
        context = _context(project_id, integration_id, purpose, addresses)
        answer = _kms(self._client.encrypt, KeyId=self._key_id, Plaintext=secret, EncryptionContext=context)
        return bytes(answer["CiphertextBlob"])

    def open(
        self, project_id: str, integration_id: str, purpose: Purpose, addresses: Iterable[str], ciphertext: bytes
    ) -> str:
        """What was sealed. Raises `ReconnectRequired` (`credentials_missing`) if it was sealed for something else."""
        context = _context(project_id, integration_id, purpose, addresses)
        try:
            answer = _kms(
                self._client.decrypt, KeyId=self._key_id, CiphertextBlob=ciphertext, EncryptionContext=context
            )
        except KmsRefused as error:
            if error.code not in _REFUSALS:
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
        actions: dict[str, Action] = {"integration": Update(key, changes, "attribute_exists(#pk)", values)}
        if webhook_secret:
            actions["address"] = addressed(project_id, integration_id)
        try:
            self._table.transact(actions)
        except TransactionRefused:
            raise IntegrationNotFound(f"the project has no integration {integration_id}") from None

    def read_ciphertext(self, project_id: str, integration_id: str, purpose: Purpose) -> bytes | None:
        """The ciphertext as it is now, and nothing else of the item."""
        attribute = _ATTRIBUTES[purpose]
        item = self._table.get(keys.integration(project_id, integration_id), projection=(attribute,))
        return item.get(attribute) if item else None


def _kms(call: Callable[..., dict[str, Any]], **parameters: object) -> dict[str, Any]:
    """The call's answer. Of what boto raises, only the code goes on: its texts repeat parameters, plaintexts too."""
    try:
        return call(**parameters)
    except (BotoCoreError, ClientError) as error:
        code = error_code(error) if isinstance(error, ClientError) else type(error).__name__
        failure = outage_of("KMS", error) or KmsRefused(code)
    # Raised outside the handler: the original error, as context, would hold them.
    raise failure


def _context(project_id: str, integration_id: str, purpose: Purpose, addresses: Iterable[str]) -> dict[str, str]:
    return {
        "projectId": project_id,
        "integrationId": integration_id,
        "purpose": purpose,
        "addresses": ",".join(sorted(set(addresses))),
    }
