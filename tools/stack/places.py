"""Where things of the local stack are. Everything that is made lies below `.local`, which git ignores."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
DESCRIPTION = LOCAL / "stack.json"
LOCK = LOCAL / "lock"

RUN = LOCAL / "run"
"""What belongs to the running stack: gone after `make down`."""
STATE = RUN / "state.json"
TEMPORARY = RUN / "tmp"
SIMULATED = RUN / "simulators"
"""What the simulators hold when they end."""
LOGS = LOCAL / "logs"

SAM_BUILD = LOCAL / "sam" / "build"
SAM_CACHE = LOCAL / "sam" / "cache"
BUILT_TEMPLATE = SAM_BUILD / "template.yaml"

VIRTUAL_ENVIRONMENTS = LOCAL / "venvs"
SAM = VIRTUAL_ENVIRONMENTS / "sam"
MINISTACK = VIRTUAL_ENVIRONMENTS / "ministack"
RUNTIME = VIRTUAL_ENVIRONMENTS / "runtime"
"""Holds what the Lambda runtime provides and nothing else: built functions run on it."""


def rapid_folder() -> Path:
    """Where the SAM CLI keeps the Runtime Interface Emulator."""
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return SAM / "lib" / python / "site-packages" / "samcli" / "local" / "rapid"
