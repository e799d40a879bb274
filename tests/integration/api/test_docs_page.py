"""The documentation as a browser shows it, behind a stage's path; without a Chromium nothing is looked at."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.integration.api.gateway import Context, handler
from tools.openapi import build_document

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
STAGE = "/live"

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on the path (Debian: apt-get install chromium)")


class Gateway(BaseHTTPRequestHandler):
    """Passes on what comes for the stage, as the gateway does."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].removeprefix(STAGE)
        answer = handler("serve_docs").lambda_handler({"path": path, "requestContext": {}}, Context())
        body = answer["body"].encode()
        self.send_response(answer["statusCode"])
        for name, value in {**answer["headers"], "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the page is."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Gateway) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{STAGE}/api/v1/docs"
        server.shutdown()


def browse(address: str, profile: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs the browser without a window; what it logs includes the page's console."""
    assert BROWSER
    common = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--virtual-time-budget=20000")
    command = [BROWSER, *common, f"--user-data-dir={profile}", "--enable-logging=stderr", *options, address]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


@pytest.fixture(scope="module")
def seen(address: str, tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """The page once its scripts have run."""
    return browse(address, tmp_path_factory.mktemp("profile"), "--dump-dom")


def test_every_operation_is_shown(seen: subprocess.CompletedProcess[str]):
    document = build_document()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert "Integrations API" in seen.stdout
    assert len(re.findall(r'class="opblock opblock-(?:get|post|put|patch|delete)"', seen.stdout)) == len(operations)
    for operation in operations:
        assert operation["summary"] in unescape(seen.stdout)


def test_a_key_can_be_entered_and_calls_go_to_where_the_page_is_from(seen: subprocess.CompletedProcess[str]):
    assert "Authorize" in seen.stdout
    assert "../.." in seen.stdout


def test_the_browser_refuses_nothing_and_reports_no_error(seen: subprocess.CompletedProcess[str]):
    console = [line for line in seen.stderr.splitlines() if "CONSOLE" in line]
    assert not [line for line in console if "Refused" in line or "rror" in line], console


def test_a_picture_can_be_taken(address: str, tmp_path: Path):
    picture = tmp_path / "docs.png"
    browse(address, tmp_path / "profile", f"--screenshot={picture}", "--window-size=1280,1600")
    assert picture.stat().st_size > 20_000
