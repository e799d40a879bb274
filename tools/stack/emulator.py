"""The AWS emulator, MiniStack: one process that also runs the functions."""

import os
import time
from dataclasses import dataclass
from typing import Any

import boto3
import httpx
from botocore.config import Config

from tools.stack import places
from tools.stack.processes import Background, free_port, start_in_background

LAUNCHER = places.ROOT / "tools" / "stack" / "run_emulator.py"
START_SECONDS = 30.0
ENFORCE_ROLES = "ENFORCE_ROLES"
"""Set in the environment, functions may do only what their roles allow, and only known access keys are taken."""
ACCESS_KEY_ID = "test"
SECRET_ACCESS_KEY = "test"
"""The emulator takes any; they are no secrets."""


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator. `endpoint` is every AWS service's."""

    pid: int
    port: int
    region: str

    @property
    def endpoint(self) -> str:
        """The URL that stands for AWS."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def process(self) -> Background:
        """The process behind it."""
        return Background(self.pid, str(LAUNCHER))


def start_emulator(region: str) -> Emulator:
    """Starts it on a free port and waits until it answers. Raises `RuntimeError`."""
    for folder in (places.TEMPORARY, places.LOGS):
        folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    log_file = places.LOGS / "emulator.log"
    log_file.unlink(missing_ok=True)
    command = [str(places.MINISTACK / "bin" / "python"), str(LAUNCHER), str(places.RUNTIME / "bin" / "python")]
    pid = start_in_background(command, _clean_environment(port, region), places.RUN, log_file)
    emulator = Emulator(pid, port, region)
    _wait_until_ready(emulator, str(log_file))
    return emulator


def aws_client(service: str, endpoint: str, region: str) -> Any:  # noqa: ANN401
    """A boto3 client of the emulator."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
        config=Config(retries={"mode": "standard", "total_max_attempts": 2}, proxies={}),
    )


def _clean_environment(port: int, region: str) -> dict[str, str]:
    """Handlers inherit the emulator's environment: it holds nothing of the developer's."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(places.RUN),
        "TMPDIR": str(places.TEMPORARY),
        "LANG": "C.UTF-8",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "AUTH": "true" if os.environ.get(ENFORCE_ROLES) else "false",
        "LOG_LEVEL": "INFO",
    }


def _wait_until_ready(emulator: Emulator, log_file: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    with httpx.Client(trust_env=False, timeout=1) as client:
        while time.monotonic() < deadline and emulator.process.alive:
            try:
                if client.get(f"{emulator.endpoint}/_ministack/ready").is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
    emulator.process.stop()
    message = f"the emulator didn't start; {log_file} says why"
    raise RuntimeError(message)
