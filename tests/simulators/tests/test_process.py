"""Starting and ending: as a child, detached, with a state file."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulators.process import REPOSITORY, start_simulator
from tests.simulators.tests.sanity_calls import SanityCalls

COMMAND = [sys.executable, "-m", "tests.simulators.sanity", "--port", "0"]


def test_it_says_where_it_listens_in_one_line_of_json_and_ends_on_sigterm() -> None:
    with subprocess.Popen(COMMAND, cwd=REPOSITORY, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        assert line["service"] == "sanity"
        assert line["url"].startswith("http://127.0.0.1:")
        assert (line["adminUrl"], line["pid"]) == (f"{line['url']}/__sim", process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0


def test_it_ends_with_the_process_that_started_it() -> None:
    simulator = start_simulator("sanity")
    assert simulator.process.stdin is not None
    simulator.process.stdin.close()
    assert simulator.process.wait(5) == 0
    simulator.stop()


def test_a_detached_one_lives_in_a_session_of_its_own() -> None:
    simulator = start_simulator("sanity", detached=True)
    try:
        assert os.getsid(simulator.pid) == simulator.pid
        assert simulator.admin.health()["status"] == "ok"
    finally:
        simulator.stop()
    assert simulator.process.returncode == 0


def test_documents_and_transaction_ids_outlive_the_process_in_a_state_file(tmp_path: Path) -> None:
    state_file = tmp_path / "sanity.json"
    create = {"create": {"_id": "a", "_type": "post", "title": "ä"}}
    with start_simulator("sanity", state_file=state_file) as simulator:
        calls = SanityCalls(simulator.url)
        calls.mutate(create, transaction_id="tx")
        before = simulator.admin.dump()
        calls.http.close()
    assert state_file.stat().st_mode & 0o777 == 0o600
    with start_simulator("sanity", state_file=state_file) as simulator:
        calls = SanityCalls(simulator.url)
        assert simulator.admin.dump() == before
        assert calls.changed_ids() == ["a"]
        assert calls.mutate(create, transaction_id="tx").json()["error"]["type"] == "transactionAlreadyExistsError"
        calls.http.close()


def test_it_takes_its_project_tokens_and_switches_from_the_configuration() -> None:
    config = {"projectId": "p1", "dataset": "d1", "tokens": [{"token": "t", "role": "editor"}], "lagSeconds": 2}
    with start_simulator("sanity", config=config) as simulator:
        calls = SanityCalls(simulator.url, "t", project_id="p1")
        answer = calls.http.get("/v2025-02-19/data/query/d1", params={"query": "count(*[0...1])"})
        assert answer.status_code == 200
        assert simulator.admin.configuration()["lagSeconds"] == 2.0
        calls.http.close()


def test_it_binds_loopback_only_and_the_port_that_is_asked_for() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with start_simulator("sanity", port=port) as simulator:
        assert simulator.url == f"http://127.0.0.1:{port}"
        listening = Path(f"/proc/{simulator.pid}/net/tcp").read_text()
        assert f"0100007F:{port:04X}" in listening
        assert f"00000000:{port:04X}" not in listening


def test_a_wrong_configuration_is_told_at_the_start(tmp_path: Path) -> None:
    log_file = tmp_path / "log"
    with pytest.raises(RuntimeError, match="didn't start"):
        start_simulator("sanity", config={"nonsense": 1}, log_file=log_file)
    assert "unknown switch 'nonsense'" in log_file.read_text()
