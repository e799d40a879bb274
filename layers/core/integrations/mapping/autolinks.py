"""Links the web and mail addresses that stand as plain text in sanitised HTML.

The rules are those of GitHub Flavored Markdown's "Autolinks (extension)", https://github.github.com/gfm/: `https://`,
`http://` and `www.` addresses, trailing punctuation left out, brackets balanced; and mail addresses, here only with a
top-level domain of letters, so that `module@v1.2.3` stays what it is.
"""

import re
from collections.abc import Callable
from functools import partial

from integrations.mapping.urls import encoded_url

_TAG_OR_TEXT = re.compile(r"<(/?)([a-z0-9]+)[^>]*>|[^<]+")
_NOT_TEXT = re.compile(r"<(a|code|pre)[ >].*?</\1>|<[^>]*>", re.DOTALL)
_LINKED_NOWHERE_IN = frozenset({"a", "code", "pre"})
_ADDRESS = re.compile(
    r"(?<![^\s*_~(])(?P<web>(?:https?://|www\.)[\w.-]++(?::\d++)?+(?:[/?#](?:[^\s<&]|&(?:amp|gt);)*+)?+)"
    r"|(?<![A-Za-z0-9._+-])(?P<mail>[A-Za-z0-9._+-]++@(?:[A-Za-z0-9_-]++\.)++[A-Za-z]{2,}+)(?![\w-])",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"(?:https?://)?((?:[\w-]++\.?)*+)", re.IGNORECASE)


def link_addresses(html: str, is_allowed: Callable[[str], bool]) -> str:
    """The HTML with its bare addresses linked, except within links and code.

    `html` is the sanitiser's output, and `is_allowed` says of a `href` (escaped) whether that would let it through.
    """
    if not _may_hold_address(html) or not _ADDRESS.search(_NOT_TEXT.sub(" ", html)):
        return html
    pieces: list[str] = []
    inside = 0
    for match in _TAG_OR_TEXT.finditer(html):
        end, name = match[1], match[2]
        if name is None:
            pieces.append(match[0] if inside else _ADDRESS.sub(partial(_linked, is_allowed), match[0]))
            continue
        if name in _LINKED_NOWHERE_IN:
            inside += -1 if end else 1
        pieces.append(match[0])
    return "".join(pieces)


def _may_hold_address(html: str) -> bool:
    """Whether the slow search is worth its time."""
    return "@" in html or "://" in html or "www." in html.lower()


def _linked(is_allowed: Callable[[str], bool], match: re.Match[str]) -> str:
    if match["mail"]:
        address, href = match["mail"], f"mailto:{match['mail']}"
    else:
        address = _without_trailing_punctuation(match["web"])
        scheme = "http://" if address[:4].lower() == "www." else ""
        href = scheme + encoded_url(address.replace("&amp;", "&").replace("&gt;", ">")).replace("&", "&amp;")
        if not _has_domain(address):
            return match[0]
    rest = match[0][len(address) :]
    return f'<a href="{href}">{address}</a>{rest}' if is_allowed(href) else match[0]


def _without_trailing_punctuation(address: str) -> str:
    end = len(address)
    opened, closed = address.count("("), address.count(")")
    while end:
        last = address[end - 1]
        if last == ")" and closed > opened:
            closed -= 1
            end -= 1
        elif last in "?!.,:*_~'\"":
            end -= 1
        elif last == ";" and address[:end].endswith(("&gt;", "&amp;")):
            end = address.rindex("&", 0, end)
        else:
            break
    return address[:end]


def _has_domain(address: str) -> bool:
    domain = _DOMAIN.match(address)
    labels = domain[1].rstrip(".").split(".") if domain else []
    return bool(labels and labels[0]) and "_" not in "".join(labels[-2:]) and (labels[0] != "www" or len(labels) > 1)
