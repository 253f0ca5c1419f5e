"""Lambda functions, their versions and aliases, and who may invoke them and how."""

import io
import json
import zipfile
from typing import Any

from providers.deployments import check_deployment
from provider import (
    TRANSITIONS,
    Context,
    Created,
    OnlyReplaced,
    Properties,
    Resource,
    ResourceError,
    picked,
    provides,
)

CONFIGURATION = (
    "Role",
    "Handler",
    "Runtime",
    "Description",
    "Timeout",
    "MemorySize",
    "Environment",
    "VpcConfig",
    "TracingConfig",
    "LoggingConfig",
    "Layers",
)


UNVERSIONED: list[str] = json.loads((TRANSITIONS / "unversioned.json").read_text())
"""Properties of a function that its versions do not have."""

_current: dict[str, Properties] = {}
"""The properties of each function, by name."""

_published: dict[str, tuple[str, Properties]] = {}
"""The last version of each function, with the properties that it was published with."""


def _typed(properties: Properties) -> Properties:
    """Values from parameters as the types that Lambda takes: CloudFormation converts between texts and whole numbers."""
    typed = dict(properties)
    if "Environment" in typed:
        variables = typed["Environment"]["Variables"]
        typed["Environment"] = {"Variables": {name: str(value) for name, value in variables.items()}}
    for name in ("MemorySize", "Timeout", "ReservedConcurrentExecutions"):
        if name in typed:
            typed[name] = int(typed[name])
    return typed


@provides("AWS::Lambda::Function")
class Function:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        properties = _typed(properties)
        response = context.client("lambda").create_function(
            FunctionName=properties.get("FunctionName", context.name()),
            Code=_code(properties),
            **picked(properties, "Architectures", *CONFIGURATION),
        )
        name = response["FunctionName"]
        _current[name] = _versioned(properties)
        _set_concurrency(context, name, properties)
        return name, {"Arn": response["FunctionArn"]}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        properties = _typed(properties)
        functions = resource.context.client("lambda")
        name = resource.physical_resource_id
        if resource.properties["Code"] != properties["Code"]:
            functions.update_function_code(FunctionName=name, **_code(properties))
        # A property that the template no longer has returns to its default.
        vpc = {"SubnetIds": [], "SecurityGroupIds": []}
        defaults = {"VpcConfig": vpc, "TracingConfig": {"Mode": "PassThrough"}}
        configuration = picked({**defaults, **properties}, *CONFIGURATION)
        functions.update_function_configuration(FunctionName=name, **configuration)
        _current[name] = _versioned(properties)
        _set_concurrency(resource.context, name, properties)

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("lambda").delete_function(FunctionName=resource.physical_resource_id)


def _set_concurrency(context: Context, name: str, properties: Properties) -> None:
    functions = context.client("lambda")
    if "ReservedConcurrentExecutions" in properties:
        functions.put_function_concurrency(
            FunctionName=name, **picked(properties, "ReservedConcurrentExecutions")
        )
    else:
        functions.delete_function_concurrency(FunctionName=name)


def _versioned(properties: Properties) -> Properties:
    return {name: value for name, value in properties.items() if name not in UNVERSIONED}


def _code(properties: Properties) -> dict[str, Any]:
    """The location of the code, or a zip of the code in the template itself."""
    code = properties["Code"]
    if "ZipFile" not in code:
        return picked(code, "S3Bucket", "S3Key")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.js", code["ZipFile"])
    return {"ZipFile": buffer.getvalue()}


@provides("AWS::Lambda::Version")
class Version(OnlyReplaced):
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        name = properties["FunctionName"]
        last, published = _published.get(name, ("", None))
        if published == _current[name]:
            raise ResourceError(
                f"A version for this Lambda function exists ( {last} )."
                " Modify the function to create a new version."
            )
        functions = context.client("lambda")
        has = functions.get_function_configuration(FunctionName=name)["CodeSha256"]
        wants = properties.get("CodeSha256", has)
        if wants != has:
            raise ResourceError(f"CodeSHA256 ({wants}) is different from current CodeSHA256 in $LATEST ({has}).")
        response = functions.publish_version(
            FunctionName=name, **picked(properties, "Description")
        )
        _published[name] = (response["Version"], _current[name])
        return response["FunctionArn"], {
            "Version": response["Version"],
            "FunctionArn": response["FunctionArn"],
        }

    @staticmethod
    def delete(resource: Resource) -> None:
        """Only checks, and keeps the version: moto would reuse its number, which AWS never does."""
        name = resource.properties["FunctionName"]
        version = resource.attributes["Version"]
        aliases = resource.context.client("lambda").list_aliases(FunctionName=name)["Aliases"]
        if any(alias["FunctionVersion"] == version for alias in aliases):
            raise ResourceError(f"An alias refers to version {version}, which cannot be deleted")
        if _published.get(name, ("",))[0] == version:
            del _published[name]


@provides("AWS::Lambda::Alias")
class Alias:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        response = context.client("lambda").create_alias(
            **picked(properties, "FunctionName", "Name", "FunctionVersion", "Description")
        )
        return response["AliasArn"], {"AliasArn": response["AliasArn"]}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        if resource.properties["FunctionVersion"] != properties["FunctionVersion"]:
            check_deployment(resource, resource.physical_resource_id.rsplit(":", 1)[0])
        resource.context.client("lambda").update_alias(
            **picked(properties, "FunctionName", "Name", "FunctionVersion", "Description")
        )

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("lambda").delete_alias(**picked(resource.properties, "FunctionName", "Name"))


@provides("AWS::Lambda::EventInvokeConfig")
class EventInvokeConfig:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        _set_invocations(context, properties)
        return context.name(), {}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        _set_invocations(resource.context, properties)

    @staticmethod
    def delete(resource: Resource) -> None:
        name = resource.properties["FunctionName"]
        resource.context.client("lambda").delete_function_event_invoke_config(FunctionName=name)


def _set_invocations(context: Context, properties: Properties) -> None:
    """moto has only one configuration per function, that of `$LATEST`."""
    if properties["Qualifier"] != "$LATEST":
        raise ResourceError(f"Qualifier {properties['Qualifier']} is not supported here")
    context.client("lambda").put_function_event_invoke_config(
        **picked(properties, "FunctionName", "MaximumRetryAttempts", "MaximumEventAgeInSeconds")
    )


@provides("AWS::Lambda::Permission")
class Permission(OnlyReplaced):
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        statement = context.name(100)
        context.client("lambda").add_permission(
            **_function_and_qualifier(properties),
            StatementId=statement,
            **picked(properties, "Action", "Principal", "SourceArn", "SourceAccount"),
        )
        return statement, {"Id": statement}

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("lambda").remove_permission(
            **_function_and_qualifier(resource.properties), StatementId=resource.physical_resource_id
        )


def _function_and_qualifier(properties: Properties) -> dict[str, str]:
    """`FunctionName` may be the ARN of an alias, which the API takes in two parts."""
    parts = properties["FunctionName"].split(":")
    if len(parts) < 8:
        return {"FunctionName": properties["FunctionName"]}
    return {"FunctionName": ":".join(parts[:7]), "Qualifier": parts[7]}
