"""CloudFront's VPC origins, with the security group through which CloudFront enters a VPC."""

import uuid
from typing import Any

from provider import Context, Created, Properties, Resource, ResourceError, provides

GROUP = "CloudFront-VPCOrigins-Service-SG"

_vpcs: dict[str, str] = {}
"""The VPC of each origin, by the origin's id."""


@provides("AWS::CloudFront::VpcOrigin")
class VpcOrigin:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        vpc_id = _vpc_of(context, properties)
        ec2 = context.client("ec2")
        filters = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
        if not ec2.describe_internet_gateways(Filters=filters)["InternetGateways"]:
            raise ResourceError(f"{vpc_id} has no internet gateway, and CloudFront enters no VPC without one")
        if not _groups(ec2, vpc_id):
            ec2.create_security_group(GroupName=GROUP, Description="Managed by CloudFront", VpcId=vpc_id)
        origin = f"vo_{uuid.uuid4().hex[:17]}"
        _vpcs[origin] = vpc_id
        return origin, {"Id": origin}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        if _vpc_of(resource.context, properties) != _vpcs[resource.physical_resource_id]:
            raise ResourceError("A VPC origin cannot move to another VPC")

    @staticmethod
    def delete(resource: Resource) -> None:
        vpc_id = _vpcs.pop(resource.physical_resource_id)
        if vpc_id in _vpcs.values():
            return
        ec2 = resource.context.client("ec2")
        for group in _groups(ec2, vpc_id):
            # A rule that refers to the group keeps it, and the group keeps the VPC.
            if _is_named(ec2, group["GroupId"]):
                raise ResourceError(f"{group['GroupId']} has a dependent object")
            ec2.delete_security_group(GroupId=group["GroupId"])


def _vpc_of(context: Context, properties: Properties) -> str:
    arn = properties["VpcOriginEndpointConfig"]["Arn"]
    [balancer] = context.client("elbv2").describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    return balancer["VpcId"]


def _groups(ec2: Any, vpc_id: str) -> list[dict[str, Any]]:
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "group-name", "Values": [GROUP]}]
    return ec2.describe_security_groups(Filters=filters)["SecurityGroups"]


def _is_named(ec2: Any, group_id: str) -> bool:
    return any(
        pair["GroupId"] == group_id
        for group in ec2.describe_security_groups()["SecurityGroups"]
        for rule in group["IpPermissions"]
        for pair in rule.get("UserIdGroupPairs", [])
    )
