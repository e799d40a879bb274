"""Mappings' target paths as places of a Sanity document."""

import re
from functools import lru_cache

from integrations.mapping.paths import Path

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYWORDS = frozenset({"true", "false", "null"})


def array_root(path: Path) -> Path | None:
    """The path of the outermost array that the path leads into, or None."""
    for place, step in enumerate(path):
        if isinstance(step, int):
            return path[:place]
    return None


@lru_cache(maxsize=1024)
def json_match(path: Path) -> str:
    """The path in JSONMatch (https://www.sanity.io/docs/content-lake/json-match): names that aren't plain identifiers
    are quoted."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_NAME.fullmatch(step) and step not in _KEYWORDS:
            text += f".{step}" if text else step
        else:
            quoted = step.replace("\\", "\\\\").replace("'", "\\'")
            text += f"['{quoted}']"
    return text
