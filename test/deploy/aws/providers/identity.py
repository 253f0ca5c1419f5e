"""Roles and their policies."""

import json
from typing import Any

from provider import Context, Created, Properties, Resource, picked, provides


@provides("AWS::IAM::Role")
class Role:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        iam = context.client("iam")
        name = properties.get("RoleName", context.name())
        role = iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps(properties["AssumeRolePolicyDocument"]),
            **picked(properties, "Path", "Description"),
        )["Role"]
        _set_policies(iam, name, {}, properties)
        return name, {"Arn": role["Arn"], "RoleId": role["RoleId"]}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        iam = resource.context.client("iam")
        name = resource.physical_resource_id
        document = json.dumps(properties["AssumeRolePolicyDocument"])
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=document)
        _set_policies(iam, name, resource.properties, properties)

    @staticmethod
    def delete(resource: Resource) -> None:
        iam = resource.context.client("iam")
        _set_policies(iam, resource.physical_resource_id, resource.properties, {})
        iam.delete_role(RoleName=resource.physical_resource_id)


def _set_policies(iam: Any, role: str, was: Properties, properties: Properties) -> None:
    """Sets a role's inline policies. It omits managed ones, because moto lacks those of AWS."""
    named = {"RoleName": role}
    wanted = {policy["PolicyName"]: policy for policy in properties.get("Policies", [])}
    for policy in was.get("Policies", []):
        if policy["PolicyName"] not in wanted:
            iam.delete_role_policy(**named, PolicyName=policy["PolicyName"])
    for name, policy in wanted.items():
        document = json.dumps(policy["PolicyDocument"])
        iam.put_role_policy(**named, PolicyName=name, PolicyDocument=document)


@provides("AWS::IAM::Policy")
class Policy:
    """An inline policy of one or more roles."""

    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        _put(context, properties)
        return context.name(), {}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        gone = set(resource.properties.get("Roles", [])) - set(properties.get("Roles", []))
        _remove(resource, gone)
        _put(resource.context, properties)

    @staticmethod
    def delete(resource: Resource) -> None:
        _remove(resource, set(resource.properties.get("Roles", [])))


def _put(context: Context, properties: Properties) -> None:
    document = json.dumps(properties["PolicyDocument"])
    for role in properties.get("Roles", []):
        context.client("iam").put_role_policy(
            RoleName=role, PolicyName=properties["PolicyName"], PolicyDocument=document
        )


def _remove(resource: Resource, roles: set[str]) -> None:
    for role in roles:
        resource.context.client("iam").delete_role_policy(
            RoleName=role, PolicyName=resource.properties["PolicyName"]
        )
