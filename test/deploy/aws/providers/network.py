"""VPCs, subnets, routes, gateway endpoints and security groups."""

import json
from typing import Any

from provider import Context, Created, OnlyReplaced, Properties, Resource, ResourceError, picked, provides


def _tags(properties: Properties, kind: str) -> list[dict[str, Any]]:
    tags = properties.get("Tags", [])
    return [{"ResourceType": kind, "Tags": tags}] if tags else []


@provides("AWS::EC2::VPC")
class Vpc:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        ec2 = context.client("ec2")
        vpc = ec2.create_vpc(CidrBlock=properties["CidrBlock"], TagSpecifications=_tags(properties, "vpc"))[
            "Vpc"
        ]
        _set_dns(ec2, vpc["VpcId"], properties)
        vpc_id = vpc["VpcId"]
        return vpc_id, {
            "VpcId": vpc_id,
            "CidrBlock": properties["CidrBlock"],
            "Ipv6CidrBlocks": lambda: _ipv6_blocks(ec2, vpc_id),
        }

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        _set_dns(resource.context.client("ec2"), resource.physical_resource_id, properties)

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("ec2").delete_vpc(VpcId=resource.physical_resource_id)


def _ipv6_blocks(ec2: Any, vpc_id: str) -> list[str]:
    [vpc] = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    return [one["Ipv6CidrBlock"] for one in vpc.get("Ipv6CidrBlockAssociationSet", [])]


def _set_dns(ec2: Any, vpc_id: str, properties: Properties) -> None:
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        if name in properties:
            ec2.modify_vpc_attribute(VpcId=vpc_id, **{name: {"Value": properties[name]}})


@provides("AWS::EC2::VPCCidrBlock")
class VpcCidrBlock(OnlyReplaced):
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        ec2 = context.client("ec2")
        response = ec2.associate_vpc_cidr_block(**picked(properties, "VpcId", "AmazonProvidedIpv6CidrBlock"))
        block = response["Ipv6CidrBlockAssociation"]
        return block["AssociationId"], {"Id": block["AssociationId"], "Ipv6CidrBlock": block["Ipv6CidrBlock"]}

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("ec2").disassociate_vpc_cidr_block(AssociationId=resource.physical_resource_id)


@provides("AWS::EC2::Subnet")
class Subnet:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        ec2 = context.client("ec2")
        subnet = ec2.create_subnet(
            **picked(properties, "VpcId", "CidrBlock", "AvailabilityZone", "Ipv6CidrBlock"),
            TagSpecifications=_tags(properties, "subnet"),
        )["Subnet"]
        attributes = picked(subnet, "SubnetId", "VpcId", "CidrBlock", "AvailabilityZone")
        return subnet["SubnetId"], attributes

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        value = {"Value": properties.get("MapPublicIpOnLaunch", False)}
        ec2 = resource.context.client("ec2")
        subnet_id = resource.physical_resource_id
        ec2.modify_subnet_attribute(SubnetId=subnet_id, MapPublicIpOnLaunch=value)
        was, block = (one.get("Ipv6CidrBlock") for one in (resource.properties, properties))
        if was != block and was is not None:
            raise ResourceError(f"{subnet_id} keeps its IPv6 range while a load balancer has addresses in it")
        if was != block:
            ec2.associate_subnet_cidr_block(SubnetId=subnet_id, Ipv6CidrBlock=block)

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("ec2").delete_subnet(SubnetId=resource.physical_resource_id)


@provides("AWS::EC2::RouteTable")
class RouteTable:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        table = context.client("ec2").create_route_table(VpcId=properties["VpcId"])["RouteTable"]
        return table["RouteTableId"], {"RouteTableId": table["RouteTableId"]}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        """Nothing: only its tags can change."""

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("ec2").delete_route_table(RouteTableId=resource.physical_resource_id)


@provides("AWS::EC2::SubnetRouteTableAssociation")
class SubnetRouteTableAssociation(OnlyReplaced):
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        response = context.client("ec2").associate_route_table(**picked(properties, "SubnetId", "RouteTableId"))
        return response["AssociationId"], {"Id": response["AssociationId"]}

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("ec2").disassociate_route_table(AssociationId=resource.physical_resource_id)


@provides("AWS::EC2::Route")
class Route:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        context.client("ec2").create_route(**properties)
        destination = properties.get("DestinationCidrBlock") or properties["DestinationIpv6CidrBlock"]
        return f"{properties['RouteTableId']}|{destination}", {}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        resource.context.client("ec2").replace_route(**properties)

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("ec2").delete_route(
            **picked(resource.properties, "RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock")
        )


@provides("AWS::EC2::InternetGateway")
class InternetGateway:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        gateway = context.client("ec2").create_internet_gateway()["InternetGateway"]
        return gateway["InternetGatewayId"], picked(gateway, "InternetGatewayId")

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        """Nothing: only its tags can change."""

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("ec2").delete_internet_gateway(
            InternetGatewayId=resource.physical_resource_id
        )


@provides("AWS::EC2::VPCGatewayAttachment")
class VpcGatewayAttachment(OnlyReplaced):
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        ec2 = context.client("ec2")
        filters = [{"Name": "attachment.vpc-id", "Values": [properties["VpcId"]]}]
        if ec2.describe_internet_gateways(Filters=filters)["InternetGateways"]:
            raise ResourceError(f"{properties['VpcId']} already has an internet gateway attached")
        ec2.attach_internet_gateway(**properties)
        return f"IGW|{properties['VpcId']}", {}

    @staticmethod
    def delete(resource: Resource) -> None:
        client = resource.context.client
        vpc_id = resource.properties["VpcId"]
        for balancer in client("elbv2").describe_load_balancers()["LoadBalancers"]:
            if balancer["VpcId"] == vpc_id and balancer["Scheme"] == "internet-facing":
                raise ResourceError(f"Network {vpc_id} has some mapped public addresses")
        client("ec2").detach_internet_gateway(**resource.properties)


@provides("AWS::EC2::VPCEndpoint")
class GatewayEndpoint:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        ec2 = context.client("ec2")
        tables = properties["RouteTableIds"]
        service = properties["ServiceName"]
        # moto keeps describing deleted resources.
        existing = [one for one in ec2.describe_vpc_endpoints()["VpcEndpoints"] if one["State"] != "deleted"]
        if any(set(tables) & set(one["RouteTableIds"]) for one in existing if one["ServiceName"] == service):
            raise ResourceError(f"route table {tables[0]} already has a route with destination-prefix-list-id")
        endpoint = ec2.create_vpc_endpoint(
            **picked(properties, "VpcId", "ServiceName", "VpcEndpointType", "RouteTableIds"),
            PolicyDocument=json.dumps(properties["PolicyDocument"]),
        )["VpcEndpoint"]
        return endpoint["VpcEndpointId"], {"Id": endpoint["VpcEndpointId"]}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        resource.context.client("ec2").modify_vpc_endpoint(
            VpcEndpointId=resource.physical_resource_id,
            PolicyDocument=json.dumps(properties["PolicyDocument"]),
        )

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[resource.physical_resource_id])


@provides("AWS::EC2::SecurityGroup")
class SecurityGroup:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        ec2 = context.client("ec2")
        group_id = ec2.create_security_group(
            GroupName=properties.get("GroupName", context.name(255)),
            Description=properties["GroupDescription"],
            **picked(properties, "VpcId"),
        )["GroupId"]
        _set_rules(ec2, group_id, properties)
        return group_id, {"GroupId": group_id, "VpcId": properties.get("VpcId")}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        _set_rules(resource.context.client("ec2"), resource.physical_resource_id, properties)

    @staticmethod
    def delete(resource: Resource) -> None:
        client = resource.context.client
        group_id = resource.physical_resource_id
        for balancer in client("elbv2").describe_load_balancers()["LoadBalancers"]:
            if group_id in balancer.get("SecurityGroups", []):
                raise ResourceError(f"resource {group_id} has a dependent object")
        client("ec2").delete_security_group(GroupId=group_id)


OWN_ENTRIES = ("UserIdGroupPairs", "PrefixListIds")
"""Sources for which CDK makes separate entries in the template: groups and prefix lists."""


def _set_rules(ec2: Any, group_id: str, properties: Properties) -> None:
    """Sets the rules in the group's own entry, and leaves those with separate entries."""
    [group] = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    own = {"GroupId": group_id}
    for rules, revoke in (
        (group["IpPermissions"], ec2.revoke_security_group_ingress),
        (group["IpPermissionsEgress"], ec2.revoke_security_group_egress),
    ):
        inline = [rule for rule in rules if rule.get("IpRanges") or rule.get("Ipv6Ranges")]
        if inline:
            revoke(
                **own,
                IpPermissions=[{k: v for k, v in rule.items() if k not in OWN_ENTRIES} for rule in inline],
            )
    for name, authorize in (
        ("SecurityGroupIngress", ec2.authorize_security_group_ingress),
        ("SecurityGroupEgress", ec2.authorize_security_group_egress),
    ):
        if properties.get(name):
            authorize(**own, IpPermissions=[_permission(rule) for rule in properties[name]])


def _permission(rule: Properties) -> Properties:
    """A rule in the form that the API takes."""
    group = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
    ranges = [{"CidrIp": rule["CidrIp"]}] if "CidrIp" in rule else []
    ipv6_ranges = [{"CidrIpv6": rule["CidrIpv6"]}] if "CidrIpv6" in rule else []
    return {
        **picked(rule, "IpProtocol", "FromPort", "ToPort"),
        "IpRanges": ranges,
        "Ipv6Ranges": ipv6_ranges,
        "PrefixListIds": [{"PrefixListId": rule["SourcePrefixListId"]}] if "SourcePrefixListId" in rule else [],
        "UserIdGroupPairs": [{"GroupId": group}] if group else [],
    }


class _SecurityGroupRule:
    """A rule with a separate entry."""

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        """Nothing: only its description can change."""


@provides("AWS::EC2::SecurityGroupIngress")
class SecurityGroupIngress(_SecurityGroupRule):
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        context.client("ec2").authorize_security_group_ingress(
            GroupId=properties["GroupId"], IpPermissions=[_permission(properties)]
        )
        return context.logical_id, {}

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("ec2").revoke_security_group_ingress(
            GroupId=resource.properties["GroupId"], IpPermissions=[_permission(resource.properties)]
        )


@provides("AWS::EC2::SecurityGroupEgress")
class SecurityGroupEgress(_SecurityGroupRule):
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        context.client("ec2").authorize_security_group_egress(
            GroupId=properties["GroupId"], IpPermissions=[_permission(properties)]
        )
        return context.logical_id, {}

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("ec2").revoke_security_group_egress(
            GroupId=resource.properties["GroupId"], IpPermissions=[_permission(resource.properties)]
        )
