"""Up and down: each may be repeated, and leaves the stack as it is if there is nothing to do."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from tools.stack import places
from tools.stack.demo import PROJECT_ID, create_demo, create_keys
from tools.stack.deployment import build, deploy, region
from tools.stack.description import StackDescription, read_description, write_description
from tools.stack.emulator import start_emulator
from tools.stack.fingerprint import DEPLOYED, SIMULATED, fingerprint_of
from tools.stack.gateway import stage_of_api
from tools.stack.simulators import described, simulated_services, start_simulators
from tools.stack.state import StackState, load_state, save_state

type Say = Callable[[str], None]


def up(say: Say) -> StackDescription:
    """Starts what doesn't run, and builds and deploys what changed since; data stays. Raises `RuntimeError`."""
    with _alone():
        state = load_state()
        if state is None or not state.alive:
            _clear_away(state)
            return _up_from_nothing(say)
        state = _with_current_simulators(state, say)
        fingerprint = fingerprint_of(DEPLOYED)
        if state.deployed != fingerprint or not places.DESCRIPTION.exists():
            say("Building what changed")
            build()
            _deploy(state, fingerprint, say)
        return read_description()


def down() -> None:
    """Ends the stack and forgets its data."""
    with _alone():
        _clear_away(load_state())


def is_up() -> bool:
    """Whether there is a stack that was deployed and runs."""
    state = load_state()
    return state is not None and state.alive and state.deployed is not None


def _up_from_nothing(say: Say) -> StackDescription:
    say("Starting the emulator and the simulators, building the template")
    fingerprint = fingerprint_of(DEPLOYED)
    with ThreadPoolExecutor(1) as pool:
        building = pool.submit(build)
        state = _started()
        building.result()
    _deploy(state, fingerprint, say)
    return read_description()


def _started() -> StackState:
    places.RUN.mkdir(parents=True, mode=0o700)
    emulator = start_emulator(region())
    try:
        state = StackState(emulator, start_simulators({}), fingerprint_of(SIMULATED), None)
        save_state(state)
    except BaseException:
        emulator.process.stop()
        raise
    return state


def _with_current_simulators(state: StackState, say: Say) -> StackState:
    """A service that came since brings an address, which has to be deployed."""
    simulated = fingerprint_of(SIMULATED)
    running = {service for service, simulator in state.simulators.items() if simulator.process.alive}
    if state.simulated == simulated and running == set(simulated_services()):
        return state
    say("Starting the simulators anew, with what they hold")
    state.stop_simulators()
    current = replace(state, simulators=start_simulators(state.simulators), simulated=simulated)
    if current.addresses != state.addresses:
        current = replace(current, deployed=None)
    save_state(current)
    if places.DESCRIPTION.exists():
        write_description({**read_description().content, "simulators": described(current.simulators)})
    return current


def _deploy(state: StackState, fingerprint: str, say: Say) -> None:
    say("Deploying")
    outputs = deploy(state.emulator, state.addresses)
    say("Making the demo")
    keys = _keys_so_far() or create_keys(state.emulator, outputs["IntegrationsTableName"])
    endpoint = state.emulator.endpoint
    write_description(
        {
            "apiUrl": f"{endpoint}/_aws/execute-api/{outputs['RestApiId']}/{stage_of_api()}",
            "projectId": PROJECT_ID,
            "keys": keys,
            "awsEndpoint": endpoint,
            "region": state.emulator.region,
            "tables": {"integrations": outputs["IntegrationsTableName"], "entities": outputs["EntitiesTableName"]},
            "queues": {"sync": outputs["SyncQueueUrl"], "deadLetter": outputs["DeadLetterQueueUrl"]},
            "eventBus": outputs["EventBusName"],
            "simulators": described(state.simulators),
        }
    )
    create_demo(read_description())
    save_state(replace(state, deployed=fingerprint))


def _keys_so_far() -> dict[str, str] | None:
    return dict(read_description().content["keys"]) if places.DESCRIPTION.exists() else None


def _clear_away(state: StackState | None) -> None:
    if state is not None:
        state.stop()
    places.DESCRIPTION.unlink(missing_ok=True)
    shutil.rmtree(places.RUN, ignore_errors=True)


@contextmanager
def _alone() -> Iterator[None]:
    """One command at a time works on the stack."""
    places.LOCAL.mkdir(exist_ok=True)
    with places.LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
