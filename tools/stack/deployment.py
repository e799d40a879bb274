"""Builds the template with the SAM CLI and deploys it to the emulator."""

import hashlib
import os
import platform
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from tools.stack import places
from tools.stack.emulator import ACCESS_KEY_ID, SECRET_ACCESS_KEY, Emulator, aws_client
from tools.stack.event_sources import mend_event_sources
from tools.stack.gateway import apply_gateway_responses

CONFIG_ENVIRONMENT = "local"
NATIVE_PACKAGES = "native"


def configuration() -> Mapping[str, Any]:
    """The local environment of samconfig.toml."""
    with (places.ROOT / "samconfig.toml").open("rb") as file:
        environment: Mapping[str, Any] = tomllib.load(file)[CONFIG_ENVIRONMENT]
        return environment


def region() -> str:
    """The emulator's region."""
    return str(configuration()["global"]["parameters"]["region"])


def stack_name() -> str:
    """The name of the CloudFormation stack."""
    return str(configuration()["global"]["parameters"]["stack_name"])


def machine_architecture() -> str:
    """This machine's, in Lambda's words."""
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"


def build() -> None:
    """`sam build`. Raises `RuntimeError` with what it said."""
    overrides = f"Architecture={machine_architecture()}"
    _sam(["build", "--cache-dir", str(_cache_folder()), "--parameter-overrides", overrides], {})


def deploy(emulator: Emulator, allowed_addresses: Sequence[str]) -> Mapping[str, str]:
    """`sam deploy`, then what the emulator leaves out of it; the stack's outputs. Raises `RuntimeError`."""
    settings = configuration()["deploy"]["parameters"]
    _create_bucket(aws_client("s3", emulator.endpoint, emulator.region), settings["s3_bucket"], emulator.region)
    overrides = [
        *settings["parameter_overrides"],
        f"Architecture={machine_architecture()}",
        f"AllowedAddresses={','.join(allowed_addresses)}",
    ]
    _sam(["deploy", "--parameter-overrides", *overrides], {"AWS_ENDPOINT_URL": emulator.endpoint})
    outputs = read_outputs(aws_client("cloudformation", emulator.endpoint, emulator.region))
    mend_event_sources(aws_client("lambda", emulator.endpoint, emulator.region))
    apply_gateway_responses(aws_client("apigateway", emulator.endpoint, emulator.region), outputs["RestApiId"])
    return outputs


def read_outputs(cloudformation: Any) -> Mapping[str, str]:  # noqa: ANN401
    """The stack's outputs by name."""
    stack = cloudformation.describe_stacks(StackName=stack_name())["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _create_bucket(s3: Any, name: str, region_name: str) -> None:  # noqa: ANN401
    """The one that SAM uploads to."""
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region_name})


def _cache_folder() -> str:
    """SAM's cache knows a layer's folder, but neither the file that its Makefile includes nor the architecture."""
    recipe = hashlib.sha256((places.ROOT / "layers" / "layer.mk").read_bytes()).hexdigest()[:12]
    return str(places.SAM_CACHE / f"{_layer_architecture()}-{recipe}")


def _layer_architecture() -> str:
    """Lambda's packages; on macOS the machine's own, since the emulator's functions run on it directly."""
    return NATIVE_PACKAGES if sys.platform == "darwin" else machine_architecture()


def _sam(arguments: list[str], extra: Mapping[str, str]) -> None:
    command = [str(places.SAM / "bin" / "sam"), *arguments, "--config-env", CONFIG_ENVIRONMENT]
    done = subprocess.run(  # nosec B603 # a command of ours, without a shell
        command, cwd=places.ROOT, env=_environment(extra), capture_output=True, text=True, check=False
    )
    log_file = places.LOGS / f"sam-{arguments[0]}.log"
    places.LOGS.mkdir(parents=True, exist_ok=True)
    log_file.write_text(done.stdout + done.stderr)
    if done.returncode != 0:
        last_lines = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
        message = f"sam {arguments[0]} failed; all it said is in {log_file}\n{last_lines}"
        raise RuntimeError(message)


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The developer's, without AWS accounts and Python paths; with the SAM CLI's own Python 3.13 first."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON", "MAKE", "MFLAGS"))
    }
    return {
        **inherited,
        "PATH": f"{places.SAM / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "SAM_CLI_TELEMETRY": "0",
        "LAYER_ARCHITECTURE": _layer_architecture(),
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_DEFAULT_REGION": region(),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1,localhost",
        **extra,
    }
