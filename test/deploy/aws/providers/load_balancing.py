"""Load balancers, listeners, rules and target groups."""

from typing import Any

from provider import Context, Created, Properties, Resource, ResourceError, picked, provides


@provides("AWS::ElasticLoadBalancingV2::LoadBalancer")
class LoadBalancer:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        elb = context.client("elbv2")
        [balancer] = elb.create_load_balancer(
            Name=properties.get("Name", context.name(32)),
            **picked(properties, "Subnets", "SecurityGroups", "Scheme", "Type", "IpAddressType"),
        )["LoadBalancers"]
        arn = balancer["LoadBalancerArn"]
        _set_load_balancer_attributes(elb, arn, properties)
        return arn, {
            "LoadBalancerArn": arn,
            "LoadBalancerName": balancer["LoadBalancerName"],
            "LoadBalancerFullName": arn.split(":loadbalancer/")[1],
            "DNSName": balancer["DNSName"],
            "CanonicalHostedZoneID": balancer["CanonicalHostedZoneId"],
            "SecurityGroups": balancer.get("SecurityGroups", []),
        }

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        elb = resource.context.client("elbv2")
        arn = resource.physical_resource_id
        was = resource.properties
        if was.get("Subnets") != properties.get("Subnets"):
            elb.set_subnets(LoadBalancerArn=arn, Subnets=properties["Subnets"])
        if was.get("IpAddressType") != properties.get("IpAddressType"):
            elb.set_ip_address_type(LoadBalancerArn=arn, IpAddressType=properties.get("IpAddressType", "ipv4"))
        if was.get("SecurityGroups") != properties.get("SecurityGroups"):
            elb.set_security_groups(LoadBalancerArn=arn, SecurityGroups=properties["SecurityGroups"])
        _set_load_balancer_attributes(elb, arn, properties)

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("elbv2").delete_load_balancer(LoadBalancerArn=resource.physical_resource_id)


def _set_load_balancer_attributes(elb: Any, arn: str, properties: Properties) -> None:
    """Sets the attributes in the template. An omitted attribute keeps its value, as in AWS."""
    if properties.get("LoadBalancerAttributes"):
        elb.modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=properties["LoadBalancerAttributes"]
        )


@provides("AWS::ElasticLoadBalancingV2::TargetGroup")
class TargetGroup:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        elb = context.client("elbv2")
        [group] = elb.create_target_group(
            Name=properties.get("Name", context.name(32)),
            **picked(properties, "TargetType", "Port", "Protocol", "VpcId"),
        )["TargetGroups"]
        arn = group["TargetGroupArn"]
        _set_target_group_attributes(elb, arn, properties)
        if properties.get("Targets"):
            elb.register_targets(TargetGroupArn=arn, Targets=properties["Targets"])
        return arn, {
            "TargetGroupArn": arn,
            "TargetGroupName": group["TargetGroupName"],
            "TargetGroupFullName": arn.split(":")[-1],
        }

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        if resource.properties.get("Targets") != properties.get("Targets"):
            # AWS tries for hours: a group takes one function, and the old one is removed only after the new one is registered.
            raise ResourceError("The target group cannot take another function in place, and hangs")
        elb = resource.context.client("elbv2")
        _set_target_group_attributes(elb, resource.physical_resource_id, properties)

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("elbv2").delete_target_group(TargetGroupArn=resource.physical_resource_id)


def _set_target_group_attributes(elb: Any, arn: str, properties: Properties) -> None:
    if properties.get("TargetGroupAttributes"):
        elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=properties["TargetGroupAttributes"])


@provides("AWS::ElasticLoadBalancingV2::Listener")
class Listener:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        [listener] = context.client("elbv2").create_listener(**properties)["Listeners"]
        return listener["ListenerArn"], {"ListenerArn": listener["ListenerArn"]}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        changed = {name: value for name, value in properties.items() if name != "LoadBalancerArn"}
        resource.context.client("elbv2").modify_listener(ListenerArn=resource.physical_resource_id, **changed)

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("elbv2").delete_listener(ListenerArn=resource.physical_resource_id)


@provides("AWS::ElasticLoadBalancingV2::ListenerCertificate")
class ListenerCertificate:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        elb = context.client("elbv2")
        elb.add_listener_certificates(**picked(properties, "ListenerArn", "Certificates"))
        return context.name(), {}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        """Never here: the id of a certificate's entry is made from its ARN."""
        raise ResourceError("A listener's certificate is another resource here")

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("elbv2").remove_listener_certificates(
            **picked(resource.properties, "ListenerArn", "Certificates")
        )


@provides("AWS::ElasticLoadBalancingV2::ListenerRule")
class ListenerRule:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        [rule] = context.client("elbv2").create_rule(**properties)["Rules"]
        return rule["RuleArn"], {"RuleArn": rule["RuleArn"]}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        elb = resource.context.client("elbv2")
        arn = resource.physical_resource_id
        elb.modify_rule(RuleArn=arn, **picked(properties, "Conditions", "Actions"))
        priority = properties["Priority"]
        [rule] = elb.describe_rules(RuleArns=[arn])["Rules"]
        # moto rejects a priority that the rule already has, as when a change of it is undone.
        if rule["Priority"] != str(priority):
            elb.set_rule_priorities(RulePriorities=[{"RuleArn": arn, "Priority": priority}])

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("elbv2").delete_rule(RuleArn=resource.physical_resource_id)
