"""PostHog on the local stack: a project with a week of page views of the demo's articles."""

import secrets as random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.simulators.admin_client import AdminClient
from tests.simulators.local import PEOPLE, SITE, Demo

PROJECT_ID = 12345
DAYS = 7


def new_secrets() -> dict[str, Any]:
    """A personal key that may do everything, and the token that capture takes."""
    return {"personalApiKey": f"phx_{random.token_hex(24)}", "projectToken": f"phc_{random.token_hex(22)}"}


def switches(secrets: Mapping[str, Any]) -> dict[str, Any]:
    """One project and its one key."""
    return {
        "projects": [{"id": PROJECT_ID, "name": "Demo site", "token": secrets["projectToken"]}],
        "keys": [{"key": secrets["personalApiKey"], "scopes": ["*"], "projects": [PROJECT_ID]}],
    }


def access(secrets: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The project and both keys."""
    return {"projectId": str(PROJECT_ID), **secrets}


def seed(admin: AdminClient, pages: Sequence[str], now: datetime) -> None:
    """Page views of every article and of a page that no article is behind; and the readers as persons."""
    views = [view for number, page in enumerate([*pages, f"{SITE}/pricing"]) for view in _views(number, page, now)]
    admin.seed([*_persons(now), *views])


def _persons(now: datetime) -> Iterator[dict[str, Any]]:
    for number, person in enumerate(PEOPLE, 1):
        created = now - timedelta(days=DAYS * number)
        yield {"distinct_ids": [person["email"]], "created_at": created.isoformat(), "properties": dict(person)}


def _views(number: int, page: str, now: datetime) -> Iterator[dict[str, Any]]:
    """The first pages are read most, by readers in turn and by visitors without a name."""
    count = max(24 - 2 * number, 3)
    for view in range(count):
        is_reader = view % 4 == 0
        yield {
            "event": "$pageview",
            "distinct_id": PEOPLE[view // 4 % len(PEOPLE)]["email"] if is_reader else f"visitor-{view % 11}",
            "timestamp": (now - timedelta(days=DAYS) * (view + 1) / (count + 1)).isoformat(),
            "properties": {"$current_url": page, "$process_person_profile": is_reader},
        }


def demo(where: Mapping[str, Any]) -> Demo:
    """Views land on the articles that were viewed."""
    definition = {
        "type": "posthog",
        "name": "Demo site's visitors",
        "config": {
            "projectId": where["projectId"],
            "apiHost": where["url"],
            "ingestHost": where["url"],
            "entityTypes": {"article": "pageviews"},
            "match": {"source": "fields.path", "target": "url"},
        },
        "fieldMappings": [
            {"source": "fields.views", "target": "views", "transform": None},
            {"source": "fields.visitors", "target": "visitors", "transform": None},
        ],
        "credentials": {"personalApiKey": where["personalApiKey"], "projectToken": where["projectToken"]},
    }
    return Demo(definition, "pull")
