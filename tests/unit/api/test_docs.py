import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest

from integrations.api.docs import docs_answer

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "functions" / "serve_docs"
PAGE, DOCUMENT = "/api/v1/docs", "/api/v1/openapi.json"


def served(path: str) -> dict:
    return docs_answer({"path": path, "requestContext": {"requestId": "r"}}, FOLDER)


class References(HTMLParser):
    """What a page loads, and whether it has scripts of its own."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "script":
            self.inline += "src" not in given
        self.inline += any(name.startswith("on") for name in given)
        if tag in ("script", "link"):
            self.loaded.append(given.get("src") or given.get("href") or "")


def test_the_document_is_the_committed_one():
    answer = served(DOCUMENT)
    assert answer["headers"]["Content-Type"] == "application/json"
    assert json.loads(answer["body"]) == json.loads((ROOT / "docs" / "openapi.json").read_text())


def test_everything_that_the_page_loads_is_served_from_here_whatever_stands_before_the_path():
    page = References(served(PAGE)["body"])
    assert page.inline == 0
    loaded = [each for each in page.loaded if not each.startswith("data:")]
    assert len(loaded) == 3
    for stage in ("", "/live", "/some/base/path"):
        for reference in loaded:
            path = urljoin(f"https://api.test{stage}{PAGE}", reference).removeprefix(f"https://api.test{stage}")
            assert served(path)["statusCode"] == 200


def test_the_server_of_the_document_is_where_it_was_loaded_from():
    server = json.loads(served(DOCUMENT)["body"])["servers"][0]["url"]
    assert urljoin(f"https://api.test/live{DOCUMENT}", server).rstrip("/") == "https://api.test/live"


@pytest.mark.parametrize("path", [PAGE, DOCUMENT, "/api/v1/docs/swagger-ui.js"])
def test_scripts_run_from_files_alone_and_nothing_is_loaded_from_elsewhere(path):
    headers = served(path)["headers"]
    policy = dict(each.strip().split(" ", 1) for each in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert re.fullmatch(r"public, max-age=\d+", headers["Cache-Control"])


@pytest.mark.parametrize("path", ["/api/v1/docs/app.py", "/api/v1/docs/../openapi.json", "/api/v1/docs/", "", None])
def test_nothing_else_is_served(path):
    answer = served(path)
    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["error"]["code"] == "route_not_found"


def test_an_answer_fits_into_what_a_function_may_return():
    assert max(len(served(f"/api/v1/docs/{name}")["body"]) for name in ("swagger-ui.js", "swagger-ui.css")) < 5_000_000


def test_serving_loads_neither_the_router_nor_aws():
    program = "import sys, app; print(sorted(sys.modules.keys() & {'boto3', 'pydantic', 'aws_lambda_powertools'}))"
    path = f"{FOLDER}:{ROOT / 'layers' / 'core'}"
    found = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
