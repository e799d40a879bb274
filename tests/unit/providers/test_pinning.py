import httpx
import pytest

from integrations.domain.errors import ConfigurationRefused
from integrations.providers.addresses import parse_origin
from integrations.providers.pinning import PinnedTransport
from tests.unit.providers.surroundings import PUBLIC_ADDRESS, FakeResolver


def transport(handler, resolver, *, origin="https://p1.api.sanity.io", inward_allowed=False):
    return PinnedTransport(parse_origin(origin), resolver, httpx.MockTransport(handler), inward_allowed=inward_allowed)


def get(pinned, url="https://p1.api.sanity.io/x%2Fy?q=1"):
    return pinned.handle_request(httpx.Request("GET", url))


def test_a_request_goes_to_the_checked_address_under_the_hosts_name():
    seen = []
    get(transport(lambda request: seen.append(request) or httpx.Response(200), FakeResolver()))
    assert str(seen[0].url) == f"https://{PUBLIC_ADDRESS}/x%2Fy?q=1"
    assert seen[0].headers["host"] == "p1.api.sanity.io"
    assert seen[0].extensions["sni_hostname"] == "p1.api.sanity.io"


def test_a_name_that_changes_its_address_inwards_after_the_check_isnt_followed():
    resolver = FakeResolver([[PUBLIC_ADDRESS], ["127.0.0.1"]])
    seen = []
    pinned = transport(lambda request: seen.append(request.url.host) or httpx.Response(200), resolver)
    get(pinned)
    get(pinned)
    assert seen == [PUBLIC_ADDRESS, PUBLIC_ADDRESS]
    assert resolver.asked == 1


def test_a_name_is_resolved_and_checked_anew_when_connecting_fails():
    def refuse(request):
        raise httpx.ConnectError("refused", request=request)

    pinned = transport(refuse, FakeResolver([[PUBLIC_ADDRESS], ["10.0.0.7"]]))
    with pytest.raises(httpx.ConnectError):
        get(pinned)
    with pytest.raises(ConfigurationRefused, match="private network"):
        get(pinned)


def test_the_next_address_is_tried_when_the_first_cant_be_connected_to():
    def only_second(request):
        if request.url.host == PUBLIC_ADDRESS:
            return httpx.Response(200)
        raise httpx.ConnectError("unreachable", request=request)

    pinned = transport(only_second, FakeResolver([["2606:4700::6810:84e5", PUBLIC_ADDRESS]]))
    assert get(pinned).status_code == 200


def test_a_listed_address_may_be_inside_and_uses_no_tls_name_over_http():
    seen = []
    pinned = transport(
        lambda request: seen.append(request) or httpx.Response(200),
        FakeResolver([["127.0.0.1"]]),
        origin="http://simulator:4001",
        inward_allowed=True,
    )
    get(pinned, "http://simulator:4001/x")
    assert str(seen[0].url) == "http://127.0.0.1:4001/x"
    assert seen[0].headers["host"] == "simulator:4001"
    assert "sni_hostname" not in seen[0].extensions


def test_a_request_for_another_origin_never_leaves():
    pinned = transport(lambda request: httpx.Response(200), FakeResolver())
    for url in ("https://evil.example/", "http://p1.api.sanity.io/", "https://p1.api.sanity.io:444/"):
        with pytest.raises(ConfigurationRefused):
            get(pinned, url)


def test_a_name_without_an_address_is_a_failed_connection():
    def unknown(host, port):
        raise OSError("no such host")

    with pytest.raises(httpx.ConnectError):
        get(transport(lambda request: httpx.Response(200), unknown))
