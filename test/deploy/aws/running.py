"""Runs deployed functions on Node.js 24: their uploaded code, in an environment like Lambda's.

The environment points a function to the AWS API of this process.
"""

import io
import json
import os
import pathlib
import re
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from typing import Any

from moto.awslambda.models import LambdaFunction

INVOKE_ONCE = pathlib.Path(__file__).parents[1] / "invoke-once.mjs"

RESULT = "result.json"


@dataclass(frozen=True)
class Finished:
    """The outcome of an invocation."""

    failed: bool
    result: str
    """JSON: what the handler returned, or its error."""
    output: str


def run(function: LambdaFunction, event: dict[str, Any]) -> Finished:
    """Invokes a function once, in a new environment."""
    with tempfile.TemporaryDirectory() as directory:
        zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(directory)
        result = pathlib.Path(directory, RESULT)
        environment = {
            "PATH": os.environ["PATH"],
            **{name: _reachable(value) for name, value in function.environment_vars.items()},
            "AWS_ENDPOINT_URL": _endpoint(),
            "AWS_REGION": function.region,
            # permissions.py identifies the caller by the role's name, without the path.
            "AWS_ACCESS_KEY_ID": function.role.rsplit("/", 1)[-1],
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_SESSION_TOKEN": "testing",
            "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            "LAMBDA_TASK_ROOT": directory,
            "_HANDLER": function.handler,
        }
        try:
            finished = subprocess.run(
                [os.environ["NODE24"], INVOKE_ONCE, str(result)],
                input=json.dumps({"event": _reachable(event), "timeoutMs": function.timeout * 1000}),
                env=environment,
                cwd=directory,
                timeout=function.timeout,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        except subprocess.TimeoutExpired as error:
            message = f"Task timed out after {function.timeout} seconds"
            return Finished(True, json.dumps({"errorMessage": message}), f"{message}\n{error.output or ''}")
        if result.exists():
            return Finished(False, result.read_text(), finished.stdout)
        return Finished(True, json.dumps({"errorMessage": finished.stdout}), finished.stdout)


def install() -> None:
    """Makes Lambda's Invoke run the code, for which moto would need Docker."""

    def invoke(self: LambdaFunction, event: Any = None) -> tuple[str, bool, str]:
        finished = run(self, event if isinstance(event, dict) else {})
        return finished.result, finished.failed, finished.output

    LambdaFunction._invoke_lambda = invoke


def _endpoint() -> str:
    return f"http://localhost:{os.environ['MOTO_PORT']}"


def _reachable(value: Any) -> Any:
    """Addresses of buckets by path instead of by host name, in all strings of a value."""
    if isinstance(value, dict):
        return {name: _reachable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_reachable(item) for item in value]
    if isinstance(value, str):
        return re.sub(r"^https://([a-z0-9.-]+)\.s3\.[a-z0-9-]+\.amazonaws\.com/", rf"{_endpoint()}/\1/", value)
    return value
