"""Markdown files with YAML front matter, as entities: `fields` are the front matter's keys, and `body`."""

import datetime
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

SUFFIXES = (".md", ".markdown")
BODY = "body"
ID_MAXIMUM_CHARACTERS = 128
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


class UnreadableFile(Exception):
    """This file can't become an entity; the message says why."""


def markdown_files(folder: Path) -> list[Path]:
    """The Markdown files below the folder, hidden ones left out, in order."""
    found = (path for suffix in SUFFIXES for path in folder.rglob(f"*{suffix}"))
    return sorted(path for path in found if path.is_file() and not _is_hidden(path.relative_to(folder)))


def entity_id(entity_type: str, relative_path: PurePosixPath) -> str:
    """Stable for a type and a path, and unique in a project: `article/guides/setup.md`, with a hash for a long path."""
    plain = f"{entity_type}/{relative_path}"
    if len(plain) <= ID_MAXIMUM_CHARACTERS:
        return plain
    digest = hashlib.sha256(plain.encode()).hexdigest()[:32]
    return f"{plain[: ID_MAXIMUM_CHARACTERS - len(digest) - 1]}-{digest}"


def read_fields(path: Path) -> dict[str, Any]:
    """The entity's fields. A key `body` of the front matter gives way to the text. Raises `UnreadableFile`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"not UTF-8 at byte {error.start}") from None
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {BODY: text}
    return {**_front_matter(match["yaml"]), BODY: text[match.end() :].lstrip("\n")}


def _front_matter(text: str) -> dict[str, Any]:
    try:
        values = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise UnreadableFile(f"its front matter isn't YAML: {' '.join(str(error).split())}") from None
    if not isinstance(values, dict):
        raise UnreadableFile(f"its front matter is a {type(values).__name__}; it has to be a mapping")
    fields: dict[str, Any] = _plain(values)
    return fields


def _plain(value: Any) -> Any:  # noqa: ANN401
    """As JSON has it; dates and times as ISO text."""
    match value:
        case dict():
            return {_key(key): _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case datetime.date() | datetime.time():
            return value.isoformat()
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        raise UnreadableFile(f"its front matter has a value that JSON hasn't: {value!r}") from None
    return value


def _key(key: Any) -> str:  # noqa: ANN401
    """YAML reads some bare words and numbers as other things than text; a mapping of JSON has text only."""
    return key if isinstance(key, str) else str(_plain(key))


def _is_hidden(relative_path: Path) -> bool:
    return any(part.startswith(".") for part in relative_path.parts)


def relative_files(folder: Path) -> Iterator[tuple[PurePosixPath, Path]]:
    """Each Markdown file with its path below the folder."""
    for path in markdown_files(folder):
        yield PurePosixPath(path.relative_to(folder).as_posix()), path
