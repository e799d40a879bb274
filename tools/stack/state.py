"""What `make up` remembers of the stack it started, to find it again: `.local/run/state.json`."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass

from tools.stack import places
from tools.stack.emulator import Emulator
from tools.stack.simulators import LocalSimulator


@dataclass(frozen=True, slots=True)
class StackState:
    """The processes, and fingerprints of what they run; `deployed` is None until a deployment went through."""

    emulator: Emulator
    simulators: Mapping[str, LocalSimulator]
    simulated: str
    deployed: str | None

    @property
    def alive(self) -> bool:
        """Whether the emulator runs: it holds all data, so without it nothing is left to go on with."""
        return self.emulator.process.alive

    @property
    def addresses(self) -> list[str]:
        """The simulators', as the deployment has to list them."""
        return [simulator.address for simulator in self.simulators.values()]

    def stop(self) -> None:
        """Ends all processes."""
        self.emulator.process.stop()
        self.stop_simulators()

    def stop_simulators(self) -> None:
        """Ends the simulators, which keep what they hold for their successors."""
        for simulator in self.simulators.values():
            simulator.process.stop()


def load_state() -> StackState | None:
    """What was saved, None if nothing was."""
    try:
        saved = json.loads(places.STATE.read_text())
    except FileNotFoundError:
        return None
    simulators = {service: LocalSimulator(**each) for service, each in saved["simulators"].items()}
    return StackState(Emulator(**saved["emulator"]), simulators, saved["simulated"], saved["deployed"])


def save_state(state: StackState) -> None:
    """Keeps it, for this user's eyes only: it holds the simulators' keys."""
    partial = places.STATE.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(dataclasses.asdict(state)))
    partial.replace(places.STATE)
