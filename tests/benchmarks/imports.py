"""Import time of each built handler beside a bare `boto3.client("dynamodb")`, in fresh interpreters.

Interpreter, layers and functions are the ones that a Lambda has: the runtime's packages, and the function's own layers
as they were built, bytecode included.
"""

import os
import statistics
import subprocess
import time

from tools.stack import places
from tools.stack.built_template import resources_of

BARE = 'import boto3; boto3.client("dynamodb")'
LOADED = "import app; app.lambda_handler; " + BARE
RUNS = 7


def import_seconds() -> tuple[float, dict[str, float]]:
    """Medians: of the bare client, and of each handler with a client of its own. All are taken in turn, so that noise
    hits all alike."""
    commands = {name: (LOADED, path) for name, path in _functions().items()}
    times: dict[str, list[float]] = {name: [] for name in commands}
    bare: list[float] = []
    for _ in range(RUNS + 1):
        bare.append(_run(BARE, ""))
        for name, (code, path) in commands.items():
            times[name].append(_run(code, path))
    return statistics.median(bare[1:]), {name: statistics.median(values[1:]) for name, values in times.items()}


def _functions() -> dict[str, str]:
    """The Python path of each built function: its own folder and its layers'."""
    found = {}
    for name, resource in resources_of(places.BUILT_TEMPLATE).items():
        if resource["Type"] == "AWS::Serverless::Function":
            layers = [places.SAM_BUILD / layer["Ref"] / "python" for layer in resource["Properties"]["Layers"]]
            found[name] = os.pathsep.join(str(path) for path in (places.SAM_BUILD / name, *layers))
    return found


def _run(code: str, path: str) -> float:
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
    }
    begin = time.perf_counter()
    subprocess.run([str(places.RUNTIME / "bin" / "python"), "-c", code], check=True, env=environment, cwd="/")
    return time.perf_counter() - begin
