"""The private API: who asks, for which project, with which scope, how often; then the resource asked for."""

import time
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from tests.simulators.exchange import Answer, Request, json_answer
from tests.simulators.posthog.accounts import Accounts, PersonalKey, Project
from tests.simulators.posthog.errors import Refused, not_found, permission_denied, problem
from tests.simulators.posthog.listings import numbered
from tests.simulators.posthog.resources import ROUTES, Backend, Route, project_json
from tests.simulators.posthog.switches import PostHogSwitches
from tests.simulators.posthog.throttle import Window


@dataclass(frozen=True, slots=True)
class PrivateApi:
    """Answers one request with the switches and accounts in force."""

    backend: Backend
    accounts: Accounts

    def answer(self, request: Request) -> Answer:
        """Routes the request. Raises `Refused` with the answer that refuses it."""
        if self.backend.switches.require_trailing_slash and not request.raw_path.endswith("/"):
            return self._without_slash(request)
        segments = request.segments
        if segments == ("api", "projects"):
            return self._projects(request)
        if segments == ("api", "users", "@me"):
            key = self._admitted(request, "user:read", "crud", None)
            return json_answer(200, {"email": "sim@example.com", "is_active": True}, key)
        families = ("projects", "environments") if self.backend.switches.environments_alias else ("projects",)
        if len(segments) < 3 or segments[0] != "api" or segments[1] not in families:
            raise Refused(not_found())
        rest = segments[3:] if len(segments) < 5 else (segments[3], "*", *segments[5:])
        route = ROUTES.get(rest)
        if route is None:
            raise Refused(not_found())
        return self._project_route(request, route, segments[2])

    def _project_route(self, request: Request, route: Route, asked: str) -> Answer:
        key = self.accounts.caller(request, self.backend.switches.region)
        project = self._project(key, asked)
        if request.method != route.method:
            raise Refused(_not_allowed(request.method))
        headers = self._admitted(request, route.scope, route.rate, project)
        return json_answer(200, route.answer(self.backend, request, project), headers)

    def _project(self, key: PersonalKey, asked: str) -> Project:
        if asked == "@current" and self.backend.switches.current_alias:
            project = next((each for each in self.accounts.projects if key.sees(each.id)), None)
        else:
            project = next((each for each in self.accounts.projects if str(each.id) == asked), None)
        if project is None or (not key.sees(project.id) and self.backend.switches.unseen_project_status == 404):
            raise Refused(not_found())
        if not key.sees(project.id):
            detail = f"API key does not have access to the requested project: ID {project.id}."
            raise Refused(permission_denied(detail))
        return project

    def _admitted(self, request: Request, scope: str, rate: str, project: Project | None) -> dict[str, str]:
        """Checks scope and rate; returns the headers that tell the rate."""
        key = self.accounts.caller(request, self.backend.switches.region)
        key.require_scope(scope)
        if not self.backend.switches.rate_limits:
            return {}
        counted = f"key {key.secret}"
        if project is not None and self.backend.switches.rate_limit_scope == "team":
            counted = f"team {project.id}"
        windows = _windows(rate, self.backend.switches)
        try:
            headers = self.backend.rates.admit(f"{rate} {counted}", windows, time.monotonic())
        except Refused as refused:
            raise Refused(self._with_chosen_headers(refused.answer)) from refused
        return headers if self.backend.switches.rate_limit_headers else {}

    def _with_chosen_headers(self, answer: Answer) -> Answer:
        if self.backend.switches.rate_limit_headers:
            return answer
        kept = {name: value for name, value in answer.headers.items() if not name.startswith("x-ratelimit-")}
        return replace(answer, headers=kept)

    def _without_slash(self, request: Request) -> Answer:
        if request.method != "GET":
            raise Refused(not_found())
        query = urlencode(request.query)
        return Answer(301, b"", {"location": f"{request.raw_path}/{'?' if query else ''}{query}"})

    def _projects(self, request: Request) -> Answer:
        if request.method != "GET":
            raise Refused(_not_allowed(request.method))
        headers = self._admitted(request, "project:read", "crud", None)
        key = self.accounts.caller(request, self.backend.switches.region)
        seen = [project_json(each) for each in self.accounts.projects if key.sees(each.id)]
        return json_answer(200, numbered(request, seen), headers)


def _windows(rate: str, switches: PostHogSwitches) -> tuple[Window, Window]:
    per_minute: int = getattr(switches, f"{rate}_per_minute")
    per_hour: int = getattr(switches, f"{rate}_per_hour")
    return (Window(per_minute, switches.minute_seconds), Window(per_hour, switches.hour_seconds))


def _not_allowed(method: str) -> Answer:
    return problem(405, "invalid_request", "method_not_allowed", f'Method "{method}" not allowed.')
