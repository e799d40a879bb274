"""What Search Console takes as credentials: a service account's key file, or a user's consent as a refresh token.

Key files: https://docs.cloud.google.com/iam/docs/keys-create-delete; refresh tokens:
https://developers.google.com/identity/protocols/oauth2/web-server#offline
"""

import json
import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from integrations.providers.addresses import Origin, parse_origin
from integrations.providers.spec import PrintableSecret, Secret, ServiceCredentials

TOKEN_HOST = "oauth2.googleapis.com"
TOKEN_URI = f"https://{TOKEN_HOST}/token"

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,100}@[A-Za-z0-9.-]{1,200}")
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_TOKEN_PATH = re.compile(r"/[A-Za-z0-9._~/-]{0,200}")
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:RSA )?PRIVATE KEY-----[\sA-Za-z0-9+/=]+-----END (?:RSA )?PRIVATE KEY-----\s*")


def _checked_token_uri(value: str) -> str:
    if "@" in value:
        raise ValueError("contains user-info; give it as https://host[:port]/path")
    try:
        parts = urlsplit(value)
        origin = parse_origin(f"{parts.scheme}://{parts.netloc}")
    except ValueError:
        raise ValueError(f"must be the address of a token endpoint, such as {TOKEN_URI}") from None
    if parts.query or parts.fragment or not _TOKEN_PATH.fullmatch(parts.path or "/"):
        raise ValueError(f"must be the address of a token endpoint, such as {TOKEN_URI}, without query and fragment")
    return f"{origin}{parts.path}"


TokenUri = Annotated[str, Field(max_length=300), AfterValidator(_checked_token_uri)]


class ServiceAccountKey(BaseModel):
    """The key file, as far as it is used; it has more keys than these, all in its own spelling."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, hide_input_in_errors=True)

    client_email: str
    private_key: Secret
    private_key_id: str
    token_uri: TokenUri = TOKEN_URI

    @field_validator("client_email")
    @classmethod
    def _check_email(cls, value: str) -> str:
        if not _EMAIL.fullmatch(value):
            raise ValueError("must be the account's e-mail address")
        return value

    @field_validator("private_key")
    @classmethod
    def _check_private_key(cls, value: Secret) -> Secret:
        if not _PRIVATE_KEY.fullmatch(value.get_secret_value()):
            raise ValueError("must be the private key in PEM form, unencrypted, as the key file has it")
        return value

    @field_validator("private_key_id")
    @classmethod
    def _check_key_id(cls, value: str) -> str:
        if not _KEY_ID.fullmatch(value):
            raise ValueError("must be the key's id, as the key file has it")
        return value


def _key_file(value: object) -> object:
    """The key file as an object, whether it was given as one or as its text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if not isinstance(value, dict):
        raise ValueError("must be the service account's key file: its JSON object, or that as text")
    return value


class SearchConsoleCredentials(ServiceCredentials):
    """Either `service_account` or `client_id`, `client_secret` and `refresh_token`. `token_uri` replaces the address
    that the key file names, or Google's."""

    service_account: Annotated[ServiceAccountKey, BeforeValidator(_key_file)] | None = None
    client_id: PrintableSecret | None = None
    client_secret: PrintableSecret | None = None
    refresh_token: PrintableSecret | None = None
    token_uri: TokenUri | None = None

    @model_validator(mode="after")
    def _check_one_kind(self) -> Self:
        consent = [value is not None for value in (self.client_id, self.client_secret, self.refresh_token)]
        if all(consent) if self.service_account is None else not any(consent):
            return self
        raise ValueError("give either serviceAccount, or clientId, clientSecret and refreshToken together")

    @property
    def token_address(self) -> str:
        """Where access tokens are asked for."""
        own = self.service_account.token_uri if self.service_account else TOKEN_URI
        return self.token_uri or own

    @property
    def token_origin(self) -> Origin:
        """Scheme, host and port of that."""
        parts = urlsplit(self.token_address)
        return parse_origin(f"{parts.scheme}://{parts.netloc}")

    @property
    def principal(self) -> str:
        """Whom Google's quotas count, and what the user knows by name only if it is a service account."""
        if self.service_account:
            return self.service_account.client_email
        return f"{self._text(self.client_id)}|{self._text(self.refresh_token)}"

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All that must never be shown."""
        key = self.service_account.private_key if self.service_account else None
        consent = (self.client_id, self.client_secret, self.refresh_token)
        return tuple(value for value in (key, *consent) if value is not None)

    @staticmethod
    def _text(value: Secret | None) -> str:
        return value.get_secret_value() if value is not None else ""
