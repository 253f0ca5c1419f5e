"""Certificates and DNS records."""

from typing import Any

from provider import Context, Created, OnlyReplaced, Properties, Resource, ResourceError, picked, provides


@provides("AWS::CertificateManager::Certificate")
class Certificate(OnlyReplaced):
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        """Does not wait. CloudFormation writes the record that proves ownership of the name, if the entry names a zone."""
        for option in properties["DomainValidationOptions"]:
            context.client("route53").get_hosted_zone(Id=option["HostedZoneId"])
        acm = context.client("acm")
        arn = acm.request_certificate(**picked(properties, "DomainName", "ValidationMethod"))["CertificateArn"]
        return arn, {}

    @staticmethod
    def delete(resource: Resource) -> None:
        arn = resource.physical_resource_id
        elb = resource.context.client("elbv2")
        for balancer in elb.describe_load_balancers()["LoadBalancers"]:
            listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
            if any(one["CertificateArn"] == arn for listener in listeners for one in listener.get("Certificates", [])):
                raise ResourceError(f"Certificate {arn} is in use")
        resource.context.client("acm").delete_certificate(CertificateArn=arn)


@provides("AWS::Route53::RecordSet")
class RecordSet:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        route53 = context.client("route53")
        if _find(route53, properties) is not None:
            raise ResourceError(f"Tried to create resource record set {properties['Name']} but it already exists")
        _change(context, "CREATE", properties)
        return properties["Name"], {}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        _change(resource.context, "UPSERT", properties)

    @staticmethod
    def delete(resource: Resource) -> None:
        _change(resource.context, "DELETE", resource.properties)


def _find(route53: Any, properties: Properties) -> Any:
    records = route53.list_resource_record_sets(HostedZoneId=properties["HostedZoneId"])["ResourceRecordSets"]
    wanted = (properties["Name"], properties["Type"])
    return next((one for one in records if (one["Name"], one["Type"]) == wanted), None)


def _change(context: Context, action: str, properties: Properties) -> None:
    record = picked(properties, "Name", "Type", "AliasTarget")
    context.client("route53").change_resource_record_sets(
        HostedZoneId=properties["HostedZoneId"],
        ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]},
    )
