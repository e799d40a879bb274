"""Tells whether anything changed since the last time: a hash over files, their names included."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from tools.stack import places

DEPLOYED = ("template.yaml", "samconfig.toml", "functions", "layers")
SIMULATED = ("tests/simulators",)


def fingerprint_of(names: tuple[str, ...]) -> str:
    """The hash of the files and folders with these names below the project's root; bytecode doesn't count."""
    digest = hashlib.sha256()
    for path in _files(names):
        digest.update(f"{path.relative_to(places.ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        path = places.ROOT / name
        found = [path] if path.is_file() else sorted(path.rglob("*"))
        yield from (file for file in found if file.is_file() and "__pycache__" not in file.parts)
