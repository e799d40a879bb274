"""Which property may have been meant: the same site has several names, and each is a property of its own."""

from collections.abc import Sequence
from difflib import get_close_matches
from urllib.parse import urlsplit

from integrations.providers.google_search_console.spec import DOMAIN_PREFIX

NAMED_MAXIMUM = 3
_ALIKE = 0.6


def near_properties(site_url: str, known: Sequence[str]) -> list[str]:
    """At most three of the known properties: those of the same site, then names that look alike, then any."""
    domain = _domain(site_url)
    hosts = {each: _domain(each) for each in sorted(known) if each != site_url}
    same = [each for each in hosts if _related(hosts[each], domain)]
    alike = get_close_matches(domain, set(hosts.values()), n=NAMED_MAXIMUM, cutoff=_ALIKE)
    similar = [each for host in alike for each in hosts if hosts[each] == host]
    return list(dict.fromkeys([*same, *similar, *hosts]))[:NAMED_MAXIMUM]


def _domain(site_url: str) -> str:
    """What the names of one site have in common."""
    if site_url.startswith(DOMAIN_PREFIX):
        host = site_url.removeprefix(DOMAIN_PREFIX)
    else:
        host = urlsplit(site_url).hostname or ""
    return host.removeprefix("www.")


def _related(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
