"""How URLs are written in published HTML."""

from urllib.parse import quote

_KEPT_IN_URLS = "!#$%&'()*+,-./:;=?@_~"


def encoded_url(url: str) -> str:
    """`url` with everything percent-encoded that CommonMark renderers encode (cmark's `houdini_href_e.c`), so that
    encoding twice changes nothing."""
    return url if url.isalnum() and url.isascii() else quote(url, safe=_KEPT_IN_URLS)
