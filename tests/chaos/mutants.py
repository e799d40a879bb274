"""Faults in the product, planted in a deployed copy of it: a run that doesn't notice them proves nothing."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from tests.e2e.deployed_copy import copy_project, environment_of

_CORE = Path("layers/core/integrations")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One line of one file, and what stands there instead."""

    file: Path
    line: str
    instead: str

    def plant(self, folder: Path) -> None:
        """Changes the copy in the folder. Raises `ValueError` if the line isn't there once."""
        path = folder / self.file
        text = path.read_text()
        if text.count(self.line) != 1:
            message = f"{self.file} has {text.count(self.line)} lines {self.line!r}; the mutant needs exactly one"
            raise ValueError(message)
        path.write_text(text.replace(self.line, self.instead))


MUTANTS: Mapping[str, Mutant] = MappingProxyType(
    {
        "links-off": Mutant(_CORE / "sync/ledger.py", "self._stores.links.write(*self._scope, effects.links)", "pass"),
        "recovery-off": Mutant(_CORE / "sync/recover.py", "wake_ups.send(project_id, integration_id, 0)", "pass"),
    }
)


def run_on_mutant(name: str, arguments: list[str]) -> int:
    """The exit code of the same run on a stack that was built from a changed copy of the project."""
    with TemporaryDirectory(prefix="chaos-") as folder:
        copy = Path(folder)
        copy_project(copy)
        MUTANTS[name].plant(copy)
        command = [sys.executable, "-m", "tools.stack", "during", sys.executable, "-m", "tests.chaos", *arguments]
        return subprocess.run(command, cwd=copy, env=environment_of(copy), check=False).returncode
