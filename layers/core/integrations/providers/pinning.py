"""Connections to the very address that was checked, whatever the name resolves to a moment later."""

from collections.abc import Sequence

import httpx

from integrations.domain.errors import ConfigurationRefused
from integrations.providers.addresses import Origin, Resolve, refuse_inward

_ADDRESSES_TRIED = 2


class PinnedTransport(httpx.BaseTransport):
    """Sends one origin's requests to an IP address that was resolved, checked, and is kept until connecting fails.

    Host header, SNI and the certificate's check keep the name
    (https://www.python-httpx.org/advanced/extensions/#sni_hostname). Raises `ConfigurationRefused` for another origin
    and for an address inside a private network, unless `inward_allowed` (the deployment lists the address).
    """

    def __init__(self, origin: Origin, resolve: Resolve, inner: httpx.BaseTransport, *, inward_allowed: bool) -> None:
        self._origin = origin
        self._resolve = resolve
        self._inner = inner
        self._inward_allowed = inward_allowed
        self._pinned: str | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request. Raises httpx's errors; `ConnectError` also when the name has no address."""
        self._refuse_other_origin(request.url)
        addresses = [self._pinned] if self._pinned else self._checked_addresses()
        for is_last, address in _marked_last(addresses):
            try:
                response = self._inner.handle_request(self._directed(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                self._pinned = None
                if is_last or isinstance(error, httpx.ConnectTimeout):
                    raise
            else:
                self._pinned = address
                return response
        raise httpx.ConnectError("the name has no address", request=request)

    def close(self) -> None:
        """Closes the connections."""
        self._inner.close()

    def _checked_addresses(self) -> list[str]:
        try:
            addresses = self._resolve(self._origin.host, self._origin.port)
        except OSError:
            return []
        if not self._inward_allowed:
            refuse_inward(self._origin.host, addresses)
        return list(addresses)[:_ADDRESSES_TRIED]

    def _directed(self, request: httpx.Request, address: str) -> httpx.Request:
        extensions = dict(request.extensions)
        if self._origin.scheme == "https":
            extensions["sni_hostname"] = self._origin.host.strip("[]")
        url = request.url.copy_with(host=address)
        return httpx.Request(request.method, url, headers=request.headers, stream=request.stream, extensions=extensions)

    def _refuse_other_origin(self, url: httpx.URL) -> None:
        port = url.port or (443 if url.scheme == "https" else 80)
        if (url.scheme, url.host, port) != (self._origin.scheme, self._origin.host.strip("[]"), self._origin.port):
            raise ConfigurationRefused(f"a call for {self._origin} was about to leave it", code="address_refused")


def _marked_last(addresses: Sequence[str]) -> list[tuple[bool, str]]:
    return [(index == len(addresses) - 1, address) for index, address in enumerate(addresses)]
