"""How the engine creates, modifies and deletes resources of each type."""

import copy
import json
import os
import pathlib
import random
import string
from dataclasses import dataclass, field
from typing import Any, Callable, Protocol

import boto3
from botocore.config import Config

Properties = dict[str, Any]

TRANSITIONS = pathlib.Path(__file__).parents[2] / "infra/transitions"
"""The static check, which reads the same tables."""

REPLACED_BY: dict[str, list[str]] = json.loads((TRANSITIONS / "replaced-by.json").read_text())


class ResourceError(Exception):
    """AWS rejects a change. The message becomes the reason in the resource's event."""


class CreateFailed(ResourceError):
    """A creation failed and left something behind, which CloudFormation deletes by its physical id."""

    def __init__(self, reason: str, physical_id: str) -> None:
        super().__init__(reason)
        self.physical_id = physical_id


_NUMBERS: dict[str, Callable[[str], Any]] = {"integer": int, "long": int, "float": float, "double": float}


def _typed(value: Any, shape: Any) -> Any:
    """The input of an API call with texts converted to numbers, as CloudFormation converts parameters."""
    if isinstance(value, dict) and shape.type_name == "structure":
        known = shape.members
        return {name: _typed(item, known[name]) if name in known else item for name, item in value.items()}
    if isinstance(value, list) and shape.type_name == "list":
        return [_typed(item, shape.member) for item in value]
    return _NUMBERS[shape.type_name](value) if isinstance(value, str) and shape.type_name in _NUMBERS else value


@dataclass(frozen=True)
class Context:
    """The stack and the template entry that a resource belongs to."""

    account: str
    region: str
    stack_id: str
    stack_name: str
    logical_id: str
    type: str

    def client(self, service: str) -> Any:
        """A client for the AWS API that this process serves. moto requires the host name localhost."""
        client = boto3.client(
            service,
            endpoint_url=f"http://localhost:{os.environ['MOTO_PORT']}",
            region_name=self.region,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            # No retries: a call that failed halfway would fail for another reason.
            config=Config(retries={"total_max_attempts": 1}),
        )
        client.meta.events.register(
            "provide-client-params",
            lambda params, model, **_: _typed(params, model.input_shape),
        )
        return client

    def name(self, length: int = 64) -> str:
        """A generated name, at most `length` characters long."""
        suffix = "".join(random.choices(string.ascii_uppercase + string.digits, k=8))
        return f"{self.stack_name}-{self.logical_id}"[: length - 9].rstrip("-") + f"-{suffix}"


@dataclass
class Resource:
    """A resource that exists. moto's API, `Ref` and `Fn::GetAtt` rely on these attribute names."""

    context: Context
    properties: Properties
    physical_resource_id: str
    attributes: dict[str, Any] = field(default_factory=dict)
    update_policy: Properties = field(default_factory=dict)
    """How the template's entry wants the current update to be made."""
    depends_on: set[str] = field(default_factory=set)
    retained: bool = False
    retained_on_rollback: bool = False
    retained_when_replaced: bool = False

    @property
    def logical_resource_id(self) -> str:
        return self.context.logical_id

    @property
    def cf_resource_type(self) -> str:
        return self.context.type

    def get_cfn_attribute(self, name: str) -> Any:
        if name not in self.attributes:
            raise ResourceError(f"{self.cf_resource_type} has no attribute {name} here")
        value = self.attributes[name]
        # An attribute may depend on what other resources did in the meantime.
        return value() if callable(value) else value


Created = tuple[str, dict[str, Any]]
"""A physical id, and the attributes for `Fn::GetAtt`."""


class Provider(Protocol):
    """One type of resource, as static methods. An exception from create or modify rolls the stack back."""

    @staticmethod
    def create(context: Context, properties: Properties) -> Created: ...

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> Created | None:
        """Changes the resource in place. Another physical id in the result means that it created a new one."""

    @staticmethod
    def delete(resource: Resource) -> None: ...


class OnlyReplaced:
    """A type without properties that can change in place."""

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        raise ResourceError(f"{resource.cf_resource_type} cannot be modified in place here")


_PROVIDERS: dict[str, type[Provider]] = {}


def provides(*types: str) -> Callable[[type], type]:
    """Registers a provider for types of resources."""

    def register(provider: type) -> type:
        for name in types:
            _PROVIDERS[name] = provider
        return provider

    return register


def provider_of(resource_type: str) -> type[Provider]:
    """The provider of a type. It must exist: moto would silently drop an unknown type."""
    key = "Custom::*" if resource_type.startswith("Custom::") else resource_type
    if key not in _PROVIDERS:
        raise ResourceError(f"No provider for {resource_type}: add one to test/deploy/aws/providers")
    return _PROVIDERS[key]


def replaced_by(resource_type: str) -> list[str]:
    """The paths of the properties whose change requires a replacement."""
    if resource_type.startswith("Custom::"):
        return []
    if resource_type not in REPLACED_BY:
        raise ResourceError(f"{resource_type} is not in replaced-by.json: add it")
    return REPLACED_BY[resource_type]


def member(properties: Properties, path: str) -> Any:
    """A property by its path, such as `LoadBalancerOptions.LoadBalancerArn`."""
    value: Any = properties
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def picked(properties: Properties, *names: str) -> Properties:
    """A copy of those of the named properties that are present, for an API call that takes them unchanged."""
    return {name: copy.deepcopy(properties[name]) for name in names if name in properties}
