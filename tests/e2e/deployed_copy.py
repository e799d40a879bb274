"""A copy of the project in another folder, with a stack of its own: for tests that deploy what the project isn't."""

import os
import shutil
from pathlib import Path

from tests.e2e.platform import ROOT

COPIED = (
    "Makefile",
    "template.yaml",
    "samconfig.toml",
    "pyproject.toml",
    "functions",
    "layers",
    "requirements",
    "tools",
    "tests",
    "docs",
    "README.md",
)


def copy_project(folder: Path) -> None:
    """Copies what a deployment needs into the folder; virtual environments are shared, SAM's cache is taken along."""
    for name in COPIED:
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(source, folder / name, ignore=ignored) if source.is_dir() else shutil.copy2(source, folder)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    (folder / ".local" / "sam").mkdir(parents=True)
    (folder / ".local" / "venvs").symlink_to(ROOT / ".local" / "venvs")
    cache = ROOT / ".local" / "sam" / "cache"
    if cache.exists():
        shutil.copytree(cache, folder / ".local" / "sam" / "cache", symlinks=True)


def environment_of(folder: Path) -> dict[str, str]:
    """In which the copy's own code runs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return {**kept, "PYTHONPATH": f"{folder}:{folder / 'layers/core'}"}
