"""Who takes part: projects with keys of their own, integrations of all services spread over them."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

from integrations.storage.api_keys import ApiKeyStore
from integrations.storage.table import Table
from tests.chaos.lines import Line
from tests.chaos.scenarios.loops import LoopsContacts
from tests.chaos.scenarios.posthog import PostHogScenario
from tests.chaos.scenarios.posthog_events import PulledEvents, PushedEvents
from tests.chaos.scenarios.posthog_pageviews import PostHogPageviews
from tests.chaos.scenarios.posthog_persons import PostHogPersons
from tests.chaos.scenarios.sanity import SanityDocuments
from tests.chaos.scenarios.scenario import Place, Scenario
from tests.chaos.scenarios.search_console import SearchConsoleFigures, SearchConsoleRows
from tests.e2e.platform import Platform
from tools.api_keys import create_key
from tools.create_integration import admin_client, create_integration
from tools.stack.description import StackDescription

PROJECTS = 8
"""No project holds more than half of the workers, and one whose worker was killed waits for the lease to run out."""
SMALL_PAGES = {"pageLimitMaximum": 6, "queryRowsMaximum": 25}
"""Of PostHog's simulator: so that a few records take several pages."""
USUAL_PAGES = {"pageLimitMaximum": 1_000, "queryRowsMaximum": 1_000}

type Make = Callable[[Place, int], Scenario]

CAST: Sequence[Make] = (
    *[lambda place, _: SanityDocuments(place)] * 12,
    *[lambda place, _: LoopsContacts(place)] * 9,
    *[PostHogPersons] * 5,
    *[PushedEvents] * 4,
    *[PulledEvents] * 4,
    *[PostHogPageviews] * 3,
    *[lambda place, _: SearchConsoleRows(place)] * 7,
    *[lambda place, _: SearchConsoleFigures(place)] * 5,
)


def make_lines(platform: Platform, seed: int) -> list[Line]:
    """Creates all of it on the running stack; names differ from run to run, so that runs don't meet."""
    run = f"{time.time_ns() // 1_000_000_000:x}"
    platforms = [_project(platform, f"chaos-{run}-{number}") for number in range(PROJECTS)]
    scenarios = []
    for number, make in enumerate(CAST):
        place = Place(platforms[number % PROJECTS], f"c{run}x{number:02d}", Random(f"{seed}/{number}"))
        scenarios.append(make(place, number))
    _open_posthog(platform, [each for each in scenarios if isinstance(each, PostHogScenario)])
    with ThreadPoolExecutor(PROJECTS) as pool:
        return list(pool.map(_created, scenarios))


def _created(scenario: Scenario) -> Line:
    platform = scenario.place.platform
    with admin_client(StackDescription(platform.stack)) as api:
        integration_id = create_integration(api, scenario.definition())
    scenario.begin()
    return Line(platform, integration_id, scenario)


def _project(platform: Platform, project_id: str) -> Platform:
    table = Table(platform.aws("dynamodb"), platform.stack["tables"]["integrations"])
    key = create_key(ApiKeyStore(table), [project_id], "admin", "enterprise")
    keys = {"read": key, "write": key, "admin": key}
    return replace(platform, stack={**platform.stack, "projectId": project_id, "keys": keys})


def _open_posthog(platform: Platform, scenarios: Sequence[PostHogScenario]) -> None:
    """A project and a key each, beside those of the stack."""
    simulator = platform.simulator("posthog")
    access = simulator.access
    known = [(int(access["projectId"]), access["projectToken"], access["personalApiKey"])]
    known += [(each.project_id, each.token, each.key) for each in scenarios]
    switches = {
        "projects": [{"id": project_id, "token": token} for project_id, token, _ in known],
        "keys": [{"key": key, "scopes": ["*"], "projects": [project_id]} for project_id, _, key in known],
    }
    simulator.admin("POST", "config", {**switches, **SMALL_PAGES})


def clear_up(platform: Platform) -> None:
    """Gives the shared simulators back as they were."""
    platform.simulator("posthog").admin("POST", "config", USUAL_PAGES)
