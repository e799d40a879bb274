"""No configuration and no answer makes us call an address that isn't the service's: refused when it is saved, and
again when it is opened, before a name is resolved or a connection made."""

import httpx
import pytest

from integrations.providers.registry import service_types
from tests.unit.providers.doors import (
    ADDRESS_KEYS,
    CONFIGS,
    CREDENTIALS,
    KEY_FILE,
    Outside,
    opened,
    opening_problem,
    saving_problems,
)
from tests.unit.providers.surroundings import PUBLIC_ADDRESS

HOSTILE = [
    "https://127.0.0.1",
    "https://127.1",
    "https://2130706433",
    "https://0x7f000001",
    "https://0x7f.0.0.1",
    "https://0177.0.0.1",
    "https://017700000001",
    "https://10.0.0.1",
    "https://169.254.169.254",
    "http://169.254.169.254",
    "https://0xa9fea9fe",
    "https://2852039166",
    "https://[::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[::ffff:a9fe:a9fe]",
    "https://[fd00:ec2::254]",
    "https://localhost",
    "https://LOCALHOST",
    "https://metadata.google.internal",
    "https://127.0.0.1.nip.io",
    "https://{host}.evil.example",
    "https://evil.example/{host}",
    "https://{host}@evil.example",
    "https://user:word@{host}",
    "https://evil.example#{host}",
    "https://evil.example?{host}",
    "https://evil.example\\.{host}",
    "https://{host}.",
    "https://{host}:8443",
    "https://{host}:443:80",
    "https://{host}:0",
    "https://{host}%2eevil.example",
    "https://{host}\t.evil.example",
    "https://{host}\n",
    " https://{host}",
    "https://{host}\u3002evil.example",
    "https://\uff11\uff12\uff17.0.0.1",
    "http://{host}",
    "ftp://{host}",
    "file:///etc/passwd",
    "//{host}",
    "{host}",
    "",
]
OWN = {
    ("sanity", "apiHost"): "zx3vzmn1.api.sanity.io",
    ("google_search_console", "apiHost"): "searchconsole.googleapis.com",
    ("posthog", "apiHost"): "us.posthog.com",
    ("posthog", "ingestHost"): "us.i.posthog.com",
    ("loops", "apiHost"): "app.loops.so",
}
TOKEN_HOST = "oauth2.googleapis.com"
SEARCH_CONSOLE = "google_search_console"


def test_every_service_that_takes_an_address_is_tried_here():
    assert set(CONFIGS) == set(CREDENTIALS) == set(service_types())
    assert set(OWN) == set(ADDRESS_KEYS)


@pytest.mark.parametrize("pattern", HOSTILE)
@pytest.mark.parametrize(("service", "key"), ADDRESS_KEYS)
def test_a_foreign_address_is_refused_when_it_is_saved(service: str, key: str, pattern: str):
    address = pattern.format(host=OWN[service, key])
    message = saving_problems(service, {**CONFIGS[service], key: address})[f"config.{key}"]
    assert "https://" in message or "port" in message
    assert "word" not in message


@pytest.mark.parametrize("pattern", HOSTILE)
@pytest.mark.parametrize(("service", "key"), ADDRESS_KEYS)
def test_a_foreign_address_is_refused_when_it_is_opened_and_nothing_is_reached(service: str, key: str, pattern: str):
    outside = Outside()
    problem = opening_problem(service, outside, config={key: pattern.format(host=OWN[service, key])})
    assert problem is not None
    assert problem.code in ("address_refused", "configuration_invalid")
    assert outside.is_untouched


@pytest.mark.parametrize(("service", "key"), ADDRESS_KEYS)
def test_the_services_own_address_is_taken_in_any_case_and_with_its_port(service: str, key: str):
    for address in (f"https://{OWN[service, key]}", f"HTTPS://{OWN[service, key].upper()}:443/"):
        assert not saving_problems(service, {**CONFIGS[service], key: address})
        assert opening_problem(service, Outside(), config={key: address}) is None


@pytest.mark.parametrize(("service", "key"), ADDRESS_KEYS)
def test_a_listed_address_is_taken_at_its_port_alone(service: str, key: str):
    listed = ("127.0.0.1:4001",)
    config = {**CONFIGS[service], key: "http://127.0.0.1:4001"}
    both = config if service != "posthog" else config | {"apiHost": config[key], "ingestHost": config[key]}
    assert not saving_problems(service, both, listed=listed)
    assert opening_problem(service, Outside(), config=both, listed=listed) is None
    elsewhere = both | {key: "http://127.0.0.1:4002"}
    assert list(saving_problems(service, elsewhere, listed=listed)) == [f"config.{key}"]
    assert opening_problem(service, Outside(), config=elsewhere, listed=listed) is not None


def token_address_credentials(address: str) -> list[dict[str, object]]:
    return [{**CREDENTIALS[SEARCH_CONSOLE], "tokenUri": address}, {"serviceAccount": KEY_FILE | {"token_uri": address}}]


@pytest.mark.parametrize("which", ["tokenUri", "token_uri"])
@pytest.mark.parametrize("pattern", [each for each in HOSTILE if each not in (" https://{host}", "https://{host}\n")])
def test_a_foreign_token_address_is_refused_at_both_doors(pattern: str, which: str):
    address = f"{pattern.format(host=TOKEN_HOST)}/token" if pattern else ""
    credentials = token_address_credentials(address)[which == "token_uri"]
    [(field, message)] = saving_problems(SEARCH_CONSOLE, {}, credentials).items()
    assert field.startswith("credentials")
    assert f"https://{TOKEN_HOST}" in message or "user-info" in message
    assert "evil" not in message
    outside = Outside()
    problem = opening_problem(SEARCH_CONSOLE, outside, credentials=credentials)
    assert problem is not None
    assert problem.code in ("address_refused", "credentials_unusable")
    assert outside.is_untouched


@pytest.mark.parametrize("credentials", token_address_credentials(f"https://{TOKEN_HOST}/token"))
def test_googles_own_token_address_is_taken(credentials: dict[str, object]):
    assert not saving_problems(SEARCH_CONSOLE, {}, credentials)
    assert opening_problem(SEARCH_CONSOLE, Outside(), credentials=credentials) is None


@pytest.mark.parametrize(
    ("service", "key", "value"),
    [
        *[
            ("sanity", "projectId", each)
            for each in ("evil.example", "a.b", "x@y", "x/y", "x#", "x:80", "x.", "x\n", "%2e")
        ],
        *[("sanity", "dataset", each) for each in ("a/b", "../x", "a?b", "a#b", "a.b", "a\n", "")],
        *[("sanity", "apiVersion", each) for each in ("v1/../x", "2025-02-30", "x", "2025-02-19\n", "../v1")],
        *[("posthog", "projectId", each) for each in ("1.2", "1/2", "../1", "1?x", "1#", "1\n", "0", "x", "@")],
        *[
            ("google_search_console", "siteUrl", each)
            for each in ("sc-domain:a/b", "https://a@b/", "https://a/?q", "a\n")
        ],
    ],
)
def test_what_becomes_part_of_an_address_has_a_strict_form(service: str, key: str, value: str):
    assert list(saving_problems(service, {**CONFIGS[service], key: value})) == [f"config.{key}"]
    outside = Outside()
    assert opening_problem(service, outside, config={key: value}) is not None
    assert outside.is_untouched


@pytest.mark.parametrize(
    "inward", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00:ec2::254", "64:ff9b::a00:1"]
)
@pytest.mark.parametrize("service", service_types())
def test_a_services_own_name_that_leads_inwards_is_not_connected_to(service: str, inward: str):
    outside = Outside(addresses=[PUBLIC_ADDRESS, inward])
    report = opened(service, outside).check()
    assert report.connected is False
    assert outside.resolved
    assert outside.requests == []


@pytest.mark.parametrize("service", service_types())
def test_a_name_that_leads_elsewhere_at_its_second_resolution_is_not_followed(service: str):
    outside = Outside()
    provider = opened(service, outside)
    provider.check()
    outside.addresses = ["127.0.0.1"]
    provider.check()
    assert outside.requests
    assert {request.url.host for request in outside.requests} == {PUBLIC_ADDRESS}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("service", service_types())
def test_a_redirect_is_never_followed(service: str, status: int):
    outside = Outside(answer=httpx.Response(status, headers={"Location": "http://169.254.169.254/latest/meta-data/"}))
    report = opened(service, outside).check()
    assert report.connected is False
    assert outside.requests
    assert {request.url.host for request in outside.requests} == {PUBLIC_ADDRESS}
    assert not [request for request in outside.requests if "meta-data" in request.url.path]
