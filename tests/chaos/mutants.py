"""Faults in the product, planted in a deployed copy of it: a run that doesn't notice them proves nothing."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from tests.e2e.deployed_copy import copy_project, environment_of

VIOLATED = 3
"""The exit code of a run that found something; 1 is that of a run that broke off."""
_CORE = Path("layers/core/integrations")


@dataclass(frozen=True, slots=True)
class Mutant:
    """What it does, and, for one file, the text to be found and what stands there instead."""

    about: str
    file: Path
    changes: Mapping[str, str]

    def plant(self, folder: Path) -> None:
        """Changes the copy in the folder. Raises `ValueError` if a text isn't there exactly once."""
        path = folder / self.file
        text = path.read_text()
        for found, instead in self.changes.items():
            if text.count(found) != 1:
                message = f"{self.file} has {found!r} {text.count(found)} times; the mutant needs it once"
                raise ValueError(message)
            text = text.replace(found, instead)
        path.write_text(text)


MUTANTS: Mapping[str, Mutant] = MappingProxyType(
    {
        "links-off": Mutant(
            "nothing is remembered of what was exchanged",
            _CORE / "sync/ledger.py",
            {"self._stores.links.write(*self._scope, effects.links)": "pass"},
        ),
        "checkpoint-first": Mutant(
            "the checkpoint moves over a batch a moment before its effects are written down",
            _CORE / "sync/ledger.py",
            {
                "        self._write_repeatable(effects)\n": "",
                "        self._advance(moved)\n": "        self._advance(moved)\n"
                '        __import__("time").sleep(0.2)\n'
                "        self._write_repeatable(effects)\n",
            },
        ),
        "random-ids": Mutant(
            "an event that is sent again is another event",
            _CORE / "providers/posthog/outgoing.py",
            {
                'str(uuid5(_NAMESPACE, f"{record.remote_type}|{record.updated_at}|{record.entity_id}"))': "str("
                '__import__("uuid").uuid4())'
            },
        ),
        "errors-end-jobs": Mutant(
            "a job whose service fails says that it has come through",
            _CORE / "sync/job_run.py",
            {"return self._wait(error)": "return self._complete()"},
        ),
        "recovery-off": Mutant(
            "nobody looks after jobs whose worker died or whose wake-up got lost",
            _CORE / "sync/recover.py",
            {"wake_ups.send(project_id, integration_id, 0)": "pass"},
        ),
    }
)


def run_on_mutant(name: str, seed: int) -> int:
    """The exit code of a run on a stack that was built from a changed copy of the project; the run ends as soon as it
    finds something."""
    print(f"Mutant {name}: {MUTANTS[name].about}", flush=True)
    with TemporaryDirectory(prefix="chaos-") as folder:
        copy = Path(folder)
        copy_project(copy)
        MUTANTS[name].plant(copy)
        run = [sys.executable, "-m", "tests.chaos", "--seed", str(seed), "--until-violated"]
        command = [sys.executable, "-m", "tools.stack", "during", *run]
        return subprocess.run(command, cwd=copy, env=environment_of(copy), check=False).returncode
