"""Where a service may be called: its own host over https, or an address that the deployment lists; never inwards.

An address from a configuration could point at the machine's own network (a metadata service, a database). So the
name must be known beforehand, and what it resolves to is checked before a connection is opened.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from integrations.domain.errors import ConfigurationRefused

Resolve = Callable[[str, int], Sequence[str]]
"""The IP addresses of a host name, for a port. Raises `OSError` when there are none."""

_ORIGIN = re.compile(r"(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?/?")
_DEFAULT_PORTS = {"https": 443, "http": 80}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of an address; the host in lower case, an IPv6 one in brackets."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        is_default = self.port == _DEFAULT_PORTS[self.scheme]
        return f"{self.scheme}://{self.host}" + ("" if is_default else f":{self.port}")

    @property
    def host_and_port(self) -> str:
        """The form in which a deployment lists addresses."""
        return f"{self.host}:{self.port}"


def parse_origin(text: str) -> Origin:
    """Reads `https://host[:port]`. Raises `ValueError` for anything more or else (user-info, path, other schemes)."""
    if "@" in text:
        # Not repeated in the message: what stands before the @ may be a password.
        raise ValueError("the address contains user-info; give it as https://host[:port]")
    match = _ORIGIN.fullmatch(text.lower()) if text.isascii() else None
    if match is None:
        raise ValueError("not an address of the form https://host[:port], without path, query or fragment")
    scheme, host, port = match.groups()
    number = int(port) if port else _DEFAULT_PORTS[scheme]
    if not 0 < number < 65_536:
        raise ValueError("the port must lie between 1 and 65535")
    return Origin(scheme, host, number)


def is_listed(origin: Origin, listed: Iterable[str]) -> bool:
    """Whether the deployment lists the address, as `host:port`."""
    return origin.host_and_port in {entry.strip().lower() for entry in listed}


def refuse_foreign(origin: Origin, own_hosts: Sequence[str], listed: Iterable[str]) -> None:
    """Raises `ConfigurationRefused` unless it is the service's own host over https, or a listed address."""
    if not is_foreign(origin, own_hosts, listed):
        return
    message = f"{origin} is not an address of the service: {advice(own_hosts)}"
    raise ConfigurationRefused(message, code="address_refused")


def is_foreign(origin: Origin, own_hosts: Sequence[str], listed: Iterable[str]) -> bool:
    """Whether the address is neither the service's own host over https nor a listed address."""
    is_own = origin.host in own_hosts and origin.scheme == "https" and origin.port == _DEFAULT_PORTS["https"]
    return not is_own and not is_listed(origin, listed)


def advice(own_hosts: Sequence[str]) -> str:
    """What to do about an address that may not be called."""
    return f"use https://{own_hosts[0]}, or have the deployment list the address as host:port"


def refuse_inward(host: str, addresses: Iterable[str]) -> None:
    """Raises `ConfigurationRefused` if one of the IP addresses that `host` resolved to isn't a public one."""
    if all(is_public(address) for address in addresses):
        return
    message = f"{host} resolves to an address inside a private network, which is never called"
    raise ConfigurationRefused(message, code="address_refused")


def is_public(address: str) -> bool:
    """Whether the IP address lies in the public internet, also where an IPv6 one only wraps an IPv4 one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast
    wrapped = _wrapped_ipv4(ip)
    if wrapped is not None:
        return is_public(str(wrapped))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def resolve_host(host: str, port: int) -> tuple[str, ...]:
    """Asks the system's resolver; addresses in its order of preference. Raises `OSError`."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def _wrapped_ipv4(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside a mapped, 6to4, Teredo or NAT64 one."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
