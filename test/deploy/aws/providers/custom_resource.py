"""Custom resources: runs the function's uploaded code on Node.js 24 with CloudFormation's events.

The function sends its response to a `ResponseURL`.
"""

import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from moto.awslambda.models import lambda_backends

import running
from provider import Context, Created, CreateFailed, Properties, Resource, ResourceError, provides

LONGEST_RESPONSE = 4096
"""The limit that CloudFormation sets, in bytes."""


@provides("Custom::*")
class CustomResource:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        try:
            return _send(context, "Create", properties)
        except _Failed as error:
            # CloudFormation sends a Delete for a failed Create.
            raise CreateFailed(str(error), error.physical_id or context.name()) from error

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> Created:
        if resource.properties["ServiceToken"] != properties["ServiceToken"]:
            raise ResourceError("Modifying service token is not allowed.")
        return _send(
            resource.context,
            "Update",
            properties,
            PhysicalResourceId=resource.physical_resource_id,
            OldResourceProperties=_as_strings(resource.properties),
        )

    @staticmethod
    def delete(resource: Resource) -> None:
        _send(
            resource.context,
            "Delete",
            resource.properties,
            PhysicalResourceId=resource.physical_resource_id,
        )


class _Failed(ResourceError):
    """The function failed to handle a request. The physical id is from its response, if any."""

    def __init__(self, reason: str, physical_id: str | None = None) -> None:
        super().__init__(reason)
        self.physical_id = physical_id


def _send(context: Context, request_type: str, properties: Properties, **further: Any) -> Created:
    """Sends one event, and returns the physical id and the attributes from the function's response."""
    with _ResponseUrl() as response:
        event = {
            "RequestType": request_type,
            "ServiceToken": properties["ServiceToken"],
            "ResponseURL": response.url,
            "StackId": context.stack_id,
            "RequestId": str(uuid.uuid4()),
            "LogicalResourceId": context.logical_id,
            "ResourceType": context.type,
            "ResourceProperties": _as_strings(properties),
            **further,
        }
        output = _invoke(context, event)
        body = response.body
    if body is None:
        raise _Failed(f"The function did not respond to {request_type}:\n{output}")
    if len(body) > LONGEST_RESPONSE:
        raise ResourceError(f"Response object is too long: {len(body)} bytes")
    said = json.loads(body)
    for name in ("StackId", "RequestId", "LogicalResourceId"):
        if said.get(name) != event[name]:
            raise ResourceError(f"Invalid response: {name} is not that of the request")
    if said["Status"] != "SUCCESS":
        raise _Failed(
            f"Received response status [FAILED]: {said.get('Reason')}\n{output}", said.get("PhysicalResourceId")
        )
    if not said.get("PhysicalResourceId"):
        raise ResourceError("Invalid PhysicalResourceId")
    return said["PhysicalResourceId"], said.get("Data", {})


def _as_strings(value: Any) -> Any:
    """Numbers and booleans as strings, which is how CloudFormation passes them on."""
    if isinstance(value, dict):
        return {name: _as_strings(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_strings(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _invoke(context: Context, event: dict[str, Any]) -> str:
    """Invokes the function once, and returns what it printed."""
    functions = lambda_backends[context.account][context.region]
    return running.run(functions.get_function(event["ServiceToken"]), event).output


class _ResponseUrl:
    """A URL that accepts one PUT, instead of CloudFormation's presigned URL."""

    def __init__(self) -> None:
        response = self
        self.body: bytes | None = None

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                response.body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Logs nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/response?X-Amz-Signature=0"

    def __enter__(self) -> "_ResponseUrl":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *args: Any) -> None:
        self._server.shutdown()
        self._server.server_close()
