"""What `make up` remembers of the stack it started, to find it again: `.local/run/state.json`."""

import dataclasses
import json
from dataclasses import dataclass

from tools.stack import places
from tools.stack.emulator import Emulator
from tools.stack.simulators import SanitySimulator


@dataclass(frozen=True, slots=True)
class StackState:
    """The processes, and fingerprints of what they run; `deployed` is None until a deployment went through."""

    emulator: Emulator
    sanity: SanitySimulator
    simulated: str
    deployed: str | None

    @property
    def alive(self) -> bool:
        """Whether the emulator runs: it holds all data, so without it nothing is left to go on with."""
        return self.emulator.process.alive

    def stop(self) -> None:
        """Ends all processes."""
        self.emulator.process.stop()
        self.sanity.process.stop()


def load_state() -> StackState | None:
    """What was saved, None if nothing was."""
    try:
        saved = json.loads(places.STATE.read_text())
    except FileNotFoundError:
        return None
    emulator, sanity = Emulator(**saved["emulator"]), SanitySimulator(**saved["sanity"])
    return StackState(emulator, sanity, saved["simulated"], saved["deployed"])


def save_state(state: StackState) -> None:
    """Keeps it, for this user's eyes only: it holds the simulator's token."""
    partial = places.STATE.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(dataclasses.asdict(state)))
    partial.replace(places.STATE)
