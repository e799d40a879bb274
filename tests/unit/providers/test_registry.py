import subprocess
import sys

import pytest

from integrations.domain.errors import ConfigurationRefused, ReconnectRequired, ValidationFailed
from integrations.domain.integration import Integration
from integrations.providers.connection import ConnectionSettings
from integrations.providers.contract import PullProvider, PushProvider, RecordReader
from integrations.providers.registry import connect, service_types, spec_for

CONFIG = {"projectId": "p1", "dataset": "production", "entityTypes": {"article": "post"}}
CREDENTIALS = b'{"token":"skSecret"}'


def integration(**changes):
    values = {
        "project_id": "demo",
        "id": "int_1",
        "type": "sanity",
        "name": "Blog",
        "status": "active",
        "config": CONFIG,
        "field_mappings": (),
        "created_at": 0,
        "updated_at": 0,
    }
    return Integration(**{**values, **changes})


def test_an_unknown_type_is_refused_naming_the_known_ones():
    with pytest.raises(ValidationFailed) as refused:
        spec_for("contentful")
    assert refused.value.details == (("type", f"must be one of: {', '.join(service_types())}"),)


def test_asking_for_a_spec_loads_no_http_library():
    program = (
        "import sys; from integrations.providers.registry import connect, service_types, spec_for;"
        "[spec_for(each) for each in service_types()];"
        "loaded = {'httpx', 'httpcore', 'boto3', 'markdown_it', 'cryptography'} & set(sys.modules);"
        "sys.exit(str(loaded) if loaded else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.returncode == 0, done.stderr


def test_every_spec_agrees_with_its_entry():
    for service_type in service_types():
        spec = spec_for(service_type)
        assert spec.type == service_type
        assert spec.default_direction in spec.directions


def test_a_connection_offers_what_the_engine_asks_of_the_service():
    provider = connect(integration(), CREDENTIALS, ConnectionSettings())
    try:
        assert isinstance(provider, PushProvider)
        assert isinstance(provider, PullProvider)
        assert isinstance(provider, RecordReader)
        assert provider.canonical_address == "api.sanity.io/p1/production"
        assert provider.settling_ms == 60_000
    finally:
        provider.close()


@pytest.mark.parametrize(
    "plaintext", [b"", b"null", b"[]", b"{}", b'{"token":""}', b'{"token":"skS3cret\\n"}', b"\xff"]
)
def test_unusable_credentials_ask_for_new_ones_without_repeating_them(plaintext):
    with pytest.raises(ReconnectRequired) as refused:
        connect(integration(), plaintext, ConnectionSettings())
    error = refused.value
    assert "skS3cret" not in f"{error} {error!r} {error.__cause__!r} {error.__context__!r}"


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "contentful"},
        {"config": {**CONFIG, "projectId": "P 1"}},
        {"config": {**CONFIG, "apiHost": "https://evil.example"}},
        {"config": {**CONFIG, "apiHost": "http://127.0.0.1:4001"}},
    ],
)
def test_an_unusable_configuration_is_named_as_such(changes):
    with pytest.raises(ConfigurationRefused):
        connect(integration(**changes), CREDENTIALS, ConnectionSettings())


def test_a_listed_address_may_be_connected_to():
    config = {**CONFIG, "apiHost": "http://127.0.0.1:4001"}
    provider = connect(
        integration(config=config), CREDENTIALS, ConnectionSettings(listed_addresses=("127.0.0.1:4001",))
    )
    provider.close()
    assert provider.canonical_address == "127.0.0.1/p1/production"
