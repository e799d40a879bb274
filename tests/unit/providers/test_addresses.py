import pytest

from integrations.domain.errors import ConfigurationRefused
from integrations.providers.addresses import is_public, parse_origin, refuse_foreign, refuse_inward

OWN = ("p1.api.sanity.io", "api.sanity.io")


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://P1.api.sanity.io", "https://p1.api.sanity.io"),
        ("https://p1.api.sanity.io:443/", "https://p1.api.sanity.io"),
        ("http://127.0.0.1:4001", "http://127.0.0.1:4001"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_an_origin_is_read_in_one_form(text, origin):
    assert str(parse_origin(text)) == origin


@pytest.mark.parametrize(
    "text",
    [
        "p1.api.sanity.io",
        "ftp://p1.api.sanity.io",
        "https://",
        "https://p1.api.sanity.io/v1",
        "https://p1.api.sanity.io?x=1",
        "https://p1.api.sanity.io#x",
        "https://p1.api.sanity.io\\.evil.example",
        "https://p1.api.sanity.io.",
        "https://p1.api.sanity.io:0",
        "https://p1.api.sanity.io:65536",
        "https://p1 .api.sanity.io",
        "https://p1.api.sanity.io\n",
        "https://bücher.example",
        "https://%70%31.api.sanity.io",
    ],
)
def test_anything_but_a_plain_origin_is_refused(text):
    with pytest.raises(ValueError, match=r"address of the form|port must lie"):
        parse_origin(text)


def test_user_info_is_refused_without_being_repeated():
    with pytest.raises(ValueError, match="user-info") as refused:
        parse_origin("https://token:s3cret@p1.api.sanity.io")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("address", ["https://p1.api.sanity.io", "https://api.sanity.io"])
def test_the_services_own_hosts_may_be_called(address):
    refuse_foreign(parse_origin(address), OWN, listed=())


@pytest.mark.parametrize(
    "address",
    [
        "http://p1.api.sanity.io",
        "https://p1.api.sanity.io:8443",
        "https://p2.api.sanity.io",
        "https://p1.api.sanity.io.evil.example",
        "https://evilapi.sanity.io",
        "https://127.0.0.1",
        "https://2130706433",
        "https://0x7f000001",
        "https://0177.0.0.1",
        "https://127.1",
        "https://169.254.169.254",
        "https://[::ffff:169.254.169.254]",
        "https://[fd00:ec2::254]",
        "https://localhost",
    ],
)
def test_other_addresses_are_refused_in_whatever_form_they_are_written(address):
    with pytest.raises(ConfigurationRefused, match="not an address of the service") as refused:
        refuse_foreign(parse_origin(address), OWN, listed=("127.0.0.1:4001",))
    assert refused.value.code == "address_refused"


def test_a_listed_address_may_be_called_without_https_but_only_at_its_port():
    refuse_foreign(parse_origin("http://127.0.0.1:4001"), OWN, listed=(" 127.0.0.1:4001 ",))
    with pytest.raises(ConfigurationRefused):
        refuse_foreign(parse_origin("http://127.0.0.1:4002"), OWN, listed=("127.0.0.1:4001",))


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:4700::6810:84e5", "64:ff9b::5db8:d70e", "2002:5db8:d70e::1"]
)
def test_public_addresses_are_known_as_such(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.168.1.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_addresses_that_lead_inwards_are_not_public(address):
    assert not is_public(address)


def test_one_inward_address_among_public_ones_refuses_the_host():
    refuse_inward("p1.api.sanity.io", ["93.184.215.14"])
    with pytest.raises(ConfigurationRefused, match="private network"):
        refuse_inward("p1.api.sanity.io", ["93.184.215.14", "169.254.169.254"])
