"""Search Console on the local stack: a property with five weeks of figures of the demo's articles."""

import secrets as random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.simulators.admin_client import AdminClient
from tests.simulators.google_search_console.accounts import account_to_json, new_key_file
from tests.simulators.local import SITE, Demo

SITE_URL = "sc-domain:example.com"
SERVICE_ACCOUNT_EMAIL = "integrations@wiserows-demo.iam.gserviceaccount.com"
USER_EMAIL = "owner@example.com"
DAYS = 35


def new_secrets() -> dict[str, Any]:
    """A service account with its key file, and a user's refresh token: either opens the property."""
    account, key_file = new_key_file(SERVICE_ACCOUNT_EMAIL, "")
    return {
        "account": account_to_json(account),
        "keyFile": key_file,
        "clientId": f"{random.randbelow(10**12):012d}-demo.apps.googleusercontent.com",
        "clientSecret": f"GOCSPX-{random.token_urlsafe(21)}",
        "refreshToken": f"1//{random.token_urlsafe(48)}",
    }


def switches(secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Google keeps the account's public key alone."""
    grant = {name: secrets[name] for name in ("clientId", "clientSecret", "refreshToken")}
    return {
        "properties": [{"siteUrl": SITE_URL}],
        "serviceAccounts": [secrets["account"]],
        "refreshTokens": [{"email": USER_EMAIL, **grant}],
    }


def access(secrets: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The property, and both kinds of credentials; the key file asks for its tokens at the simulator."""
    return {
        "siteUrl": SITE_URL,
        "serviceAccount": {**secrets["keyFile"], "token_uri": f"{url}/token"},
        **{name: secrets[name] for name in ("clientId", "clientSecret", "refreshToken")},
    }


def seed(admin: AdminClient, pages: Sequence[str], now: datetime) -> None:
    """Figures of every article, and of a page that no article is behind."""
    rows = [row for number, page in enumerate([*pages, f"{SITE}/pricing"]) for row in _rows(number, page, now)]
    admin.call("POST", "seed", {"rows": rows})


def _rows(number: int, page: str, now: datetime) -> Iterator[dict[str, Any]]:
    """A row a day: the first pages are found best, and less at weekends."""
    for age in range(DAYS):
        day = now.date() - timedelta(days=age)
        impressions = max(200 - 11 * number, 36) * (3 if day.weekday() < 5 else 2) // 6 + age % 7
        yield {
            "siteUrl": SITE_URL,
            "date": day.isoformat(),
            "page": page,
            "query": page.rpartition("/")[2].replace("-", " "),
            "country": "usa",
            "clicks": impressions // (8 + number % 5),
            "impressions": impressions,
            "position": 1.5 + number % 9 + age % 4 / 4,
        }


def demo(where: Mapping[str, Any]) -> Demo:
    """The last four weeks' figures land on the articles that they are about."""
    definition = {
        "type": "google_search_console",
        "name": "Demo site in Google Search",
        "config": {
            "siteUrl": where["siteUrl"],
            "apiHost": where["url"],
            "entityTypes": {"article": "row"},
            "match": {"source": "fields.path", "target": "page"},
        },
        "fieldMappings": [
            {"source": "fields.searchClicks", "target": "clicks", "transform": None},
            {"source": "fields.searchImpressions", "target": "impressions", "transform": None},
            {"source": "fields.searchPosition", "target": "position", "transform": None},
        ],
        "credentials": {"serviceAccount": where["serviceAccount"]},
    }
    return Demo(definition, "pull")
