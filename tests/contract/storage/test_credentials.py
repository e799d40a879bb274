import logging

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from integrations.domain.errors import IntegrationNotFound, ReconnectRequired, Unavailable, ValidationFailed
from integrations.storage.credentials import CredentialStore, CredentialVault
from tests.contract.storage.world import DynamoWorld, an_integration

SECRET = '{"token": "planted-secret-ü"}'
PLACE = ("demo", "one", "service", ("api.sanity.io", "abc.api.sanity.io"))


@pytest.fixture
def vault(aws: None) -> CredentialVault:
    client = boto3.client("kms")
    return CredentialVault(client, client.create_key()["KeyMetadata"]["KeyId"])


def test_what_was_sealed_opens_for_the_same_purpose_and_addresses(vault: CredentialVault):
    sealed = vault.seal(*PLACE, SECRET)
    assert b"planted" not in sealed
    assert vault.open(*PLACE, sealed) == SECRET
    assert vault.open(*PLACE[:3], reversed(PLACE[3]), sealed) == SECRET


@pytest.mark.parametrize(
    "place",
    [
        ("other", *PLACE[1:]),
        ("demo", "two", *PLACE[2:]),
        ("demo", "one", "webhook", PLACE[3]),
        (*PLACE[:3], ("evil.test",)),
        (*PLACE[:3], ()),
    ],
)
def test_it_opens_for_nothing_else(vault: CredentialVault, place):
    sealed = vault.seal(*PLACE, SECRET)
    with pytest.raises(ReconnectRequired, match="enter them again") as raised:
        vault.open(*place, sealed)
    assert raised.value.code == "credentials_missing"


def test_credentials_take_at_most_4096_bytes(vault: CredentialVault):
    assert vault.open(*PLACE, vault.seal(*PLACE, "ü" * 2048)) == "ü" * 2048
    with pytest.raises(ValidationFailed, match="4098 bytes; at most 4096") as raised:
        vault.seal(*PLACE, "ü" * 2049)
    assert raised.value.details[0][0] == "credentials"


class Refusing:
    """A KMS that fails, and says what it was given."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def encrypt(self, **parameters: object) -> dict:
        raise self.error

    decrypt = encrypt


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://kms.test"),
        ClientError({"Error": {"Code": "ThrottlingException"}}, "Encrypt"),
        ClientError(
            {"Error": {"Code": "KMSInternalException"}, "ResponseMetadata": {"HTTPStatusCode": 500}}, "Encrypt"
        ),
    ],
)
def test_a_key_service_out_of_reach_is_unavailable_and_says_no_secret(error, caplog):
    vault = CredentialVault(Refusing(error), "key")
    with caplog.at_level(logging.DEBUG), pytest.raises(Unavailable) as sealing:
        vault.seal(*PLACE, SECRET)
    with caplog.at_level(logging.DEBUG), pytest.raises(Unavailable) as opening:
        vault.open(*PLACE, b"ciphertext")
    assert "planted" not in caplog.text + str(sealing.value) + str(opening.value)


def test_a_missing_permission_is_no_outage(caplog):
    error = ClientError({"Error": {"Code": "AccessDeniedException"}}, "Decrypt")
    with pytest.raises(ClientError):
        CredentialVault(Refusing(error), "key").open(*PLACE, b"ciphertext")


def test_ciphertexts_are_kept_on_the_integrations_item(dynamo: DynamoWorld):
    store = CredentialStore(dynamo.table)
    dynamo.integrations.create(an_integration())
    assert store.read_ciphertext("demo", "one", "service") is None
    store.put_credentials("demo", "one", b"sealed", b"sealed webhook")
    assert store.read_ciphertext("demo", "one", "service") == b"sealed"
    assert store.read_ciphertext("demo", "one", "webhook") == b"sealed webhook"
    assert dynamo.integrations.find("demo", "one") == an_integration(credentials_set=True, credentials_version=1)
    store.put_credentials("demo", "one", b"renewed", None)
    assert store.read_ciphertext("demo", "one", "service") == b"renewed"
    assert store.read_ciphertext("demo", "one", "webhook") is None


def test_an_integration_that_is_missing_gets_no_credentials(dynamo: DynamoWorld):
    with pytest.raises(IntegrationNotFound):
        CredentialStore(dynamo.table).put_credentials("demo", "one", b"sealed", None)
    assert CredentialStore(dynamo.table).read_ciphertext("demo", "one", "service") is None
