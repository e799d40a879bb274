"""`make invoke FUNCTION=<logical id> EVENT=events/<file>.json`: one invocation of the *built* function.

It runs in AWS's Runtime Interface Emulator (part of the SAM CLI), on the packages that the Lambda runtime has and the
function's own layers, with the environment of the deployed function, against the running stack. The answer goes to
stdout, the function's log to stderr.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from tools.stack import places
from tools.stack.built_template import resources_of
from tools.stack.deployment import machine_architecture, stack_name
from tools.stack.description import StackDescription, read_description
from tools.stack.emulator import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from tools.stack.processes import free_port

INVOCATIONS = "2015-03-31/functions/function/invocations"
START_SECONDS = 10.0
GRACE_SECONDS = 10


def invoke(stack: StackDescription, logical_id: str, event: bytes) -> tuple[str, bool]:
    """The function's answer, and whether it is one: errors of the function are answers of another kind."""
    function = _deployed_function(stack, logical_id)
    port, runtime_port = free_port(), free_port()
    command = [
        str(places.rapid_folder() / f"aws-lambda-rie-{machine_architecture()}"),
        *("--log-level", "error"),
        *("--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
        *("--runtime-api-address", f"127.0.0.1:{runtime_port}"),
        *(str(places.RUNTIME / "bin" / "python"), "-m", "awslambdaric", function["Handler"]),
    ]
    process = subprocess.Popen(  # nosec B603 # a command of ours, without a shell
        command,
        cwd=places.SAM_BUILD / logical_id,
        env=_environment(stack, logical_id, function),
        stdout=sys.stderr,
        stderr=sys.stderr,
    )
    try:
        answer = _post(f"http://127.0.0.1:{port}/{INVOCATIONS}", event, function["Timeout"] + GRACE_SECONDS)
    finally:
        process.terminate()
        process.wait()
    return answer.text, "errorType" not in _object(answer)


def _deployed_function(stack: StackDescription, logical_id: str) -> Mapping[str, Any]:
    found = {name for name, resource in resources_of(places.BUILT_TEMPLATE).items() if _is_function(resource)}
    if logical_id not in found:
        message = f"there is no function {logical_id}; there are {', '.join(sorted(found))}"
        raise RuntimeError(message)
    resource = stack.client("cloudformation").describe_stack_resource(
        StackName=stack_name(), LogicalResourceId=logical_id
    )
    name = resource["StackResourceDetail"]["PhysicalResourceId"]
    configuration: Mapping[str, Any] = stack.client("lambda").get_function_configuration(FunctionName=name)
    return configuration


def _environment(stack: StackDescription, logical_id: str, function: Mapping[str, Any]) -> dict[str, str]:
    """The function's variables and what Lambda adds; nothing of the developer's."""
    layers = resources_of(places.BUILT_TEMPLATE)[logical_id]["Properties"]["Layers"]
    return {
        **function["Environment"]["Variables"],
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join(str(places.SAM_BUILD / layer["Ref"] / "python") for layer in layers),
        "AWS_ENDPOINT_URL": stack.content["awsEndpoint"],
        "AWS_REGION": stack.content["region"],
        "AWS_DEFAULT_REGION": stack.content["region"],
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_LAMBDA_FUNCTION_NAME": function["FunctionName"],
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(function["Timeout"]),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function["MemorySize"]),
    }


def _post(url: str, event: bytes, seconds: float) -> httpx.Response:
    deadline = time.monotonic() + START_SECONDS
    with httpx.Client(trust_env=False, timeout=seconds) as client:
        while True:
            try:
                return client.post(url, content=event)
            except httpx.ConnectError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)


def _object(answer: httpx.Response) -> Mapping[str, Any]:
    with suppress(ValueError):
        value = answer.json()
        return value if isinstance(value, dict) else {}
    return {"errorType": "not JSON"}


def _is_function(resource: Mapping[str, Any]) -> bool:
    return bool(resource["Type"] == "AWS::Serverless::Function")


def main() -> int:
    """Exit code 0 for an answer, 1 for an error of the function or a wrong argument."""
    parser = argparse.ArgumentParser(prog="make invoke", description=__doc__)
    parser.add_argument("function", help="FUNCTION: the function's logical id in template.yaml")
    parser.add_argument("event", type=Path, help="EVENT: a file with the event as JSON")
    options = parser.parse_args()
    try:
        event = json.dumps(json.loads(options.event.read_text())).encode()
        answer, succeeded = invoke(read_description(), options.function, event)
    except (RuntimeError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(answer)
    return 0 if succeeded else 1


if __name__ == "__main__":
    sys.exit(main())
