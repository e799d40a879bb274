"""Which page a URL or a path names, whatever its spelling. Pure."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

_KEPT_IN_STEPS = "!$&'()*+,-.:;=@_~"
_DEFAULT_PORTS = {"http": "80", "https": "443"}


@dataclass(frozen=True, slots=True)
class PageAddress:
    """A page: `host` is None where only its path was given."""

    host: str | None
    path: str

    def __str__(self) -> str:
        return f"{self.host or ''}{self.path or '/'}"

    @property
    def on_any_host(self) -> "PageAddress":
        """The page by its path alone."""
        return PageAddress(None, self.path)


def page_address(text: Any) -> PageAddress | None:
    """The page that the text names, None if it names none.

    Scheme, `www.`, query, fragment and the last slash make no difference, nor do the host's case, a default port, and
    characters that are percent-encoded or not."""
    if not isinstance(text, str) or not text.strip():
        return None
    stripped = text.strip()
    if "://" not in stripped and not stripped.startswith("//"):
        first = stripped.partition("/")[0]
        is_path = stripped.startswith(("/", "?", "#")) or "." not in first
        stripped = f"/{stripped.lstrip('/')}" if is_path else f"//{stripped}"
    try:
        parts = urlsplit(stripped)
    except ValueError:
        return None
    path = "/".join(quote(unquote(step), safe=_KEPT_IN_STEPS) for step in parts.path.split("/")).rstrip("/")
    return PageAddress(_host(parts.netloc, parts.scheme), path)


def _host(netloc: str, scheme: str) -> str | None:
    host = netloc.rpartition("@")[2].lower().removeprefix("www.").rstrip(".")
    name, _, port = host.partition(":")
    if not name:
        return None
    is_default = port in ("", _DEFAULT_PORTS.get(scheme, ""))
    return name if is_default else f"{name}:{port}"
