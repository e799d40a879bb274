"""Sanity on the local stack: an empty dataset, and articles to push to it."""

import secrets as random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.simulators.admin_client import AdminClient
from tests.simulators.local import Demo

PROJECT_ID, DATASET = "demo", "production"
DOCUMENT_TYPE = "post"


def new_secrets() -> dict[str, Any]:
    """The token of an editor."""
    return {"token": f"sk{random.token_urlsafe(32)}"}


def switches(secrets: Mapping[str, Any]) -> dict[str, Any]:
    """One dataset and its one token."""
    return {
        "projectId": PROJECT_ID,
        "dataset": DATASET,
        "tokens": [{"token": secrets["token"], "role": "editor"}],
    }


def access(secrets: Mapping[str, Any], url: str) -> dict[str, Any]:
    """Where the dataset is, and the token."""
    return {"projectId": PROJECT_ID, "dataset": DATASET, "token": secrets["token"]}


def seed(admin: AdminClient, pages: Sequence[str], now: datetime) -> None:
    """Nothing: the documents come by push."""


def demo(where: Mapping[str, Any]) -> Demo:
    """Articles become posts."""
    definition = {
        "type": "sanity",
        "name": "Demo site",
        "config": {
            "projectId": where["projectId"],
            "dataset": where["dataset"],
            "apiHost": where["url"],
            "entityTypes": {"article": DOCUMENT_TYPE},
        },
        "fieldMappings": [
            {"source": "fields.title", "target": "title", "transform": None},
            {"source": "fields.title", "target": "slug.current", "transform": "slugify"},
            {"source": "fields.body", "target": "body", "transform": "markdown_to_html"},
            {"source": "fields.description", "target": "seo.description", "transform": None},
        ],
        "credentials": {"token": where["token"]},
    }
    return Demo(definition, "push", pushed={"type": DOCUMENT_TYPE})
