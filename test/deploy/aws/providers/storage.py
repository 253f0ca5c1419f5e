"""Buckets, parameters, log groups, dashboards and alarms."""

import json
from typing import Any

from moto.kms.models import kms_backends
from moto.logs.models import logs_backends

from permissions import bucket_policies
from provider import Context, Created, Properties, Resource, ResourceError, picked, provides


@provides("AWS::S3::Bucket")
class Bucket:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        s3 = context.client("s3")
        name = properties.get("BucketName", context.name(63).lower())
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": context.region})
        _configure(s3, name, properties)
        return name, {
            "Arn": f"arn:aws:s3:::{name}",
            "DomainName": f"{name}.s3.amazonaws.com",
            "RegionalDomainName": f"{name}.s3.{context.region}.amazonaws.com",
        }

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        _configure(resource.context.client("s3"), resource.physical_resource_id, properties)

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("s3").delete_bucket(Bucket=resource.physical_resource_id)


def _configure(s3: Any, bucket: str, properties: Properties) -> None:
    rules = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    if rules:
        configuration = [
            {
                "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
                "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
            }
            for rule in rules
        ]
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": configuration})
    if "OwnershipControls" in properties:
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=properties["OwnershipControls"])
    if "PublicAccessBlockConfiguration" in properties:
        blocked = _booleans(properties["PublicAccessBlockConfiguration"])
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=blocked)


def _booleans(properties: Properties) -> Properties:
    """Properties that may be `true` or "true", as booleans."""
    return {name: str(value).lower() == "true" for name, value in properties.items()}


@provides("AWS::S3::BucketPolicy")
class BucketPolicy:
    """Kept for the check of permissions. moto would deny everything because of a Deny with a condition."""

    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        bucket = properties["Bucket"]
        bucket_policies[bucket] = properties["PolicyDocument"]["Statement"]
        return bucket, {}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        bucket_policies[resource.physical_resource_id] = properties["PolicyDocument"]["Statement"]

    @staticmethod
    def delete(resource: Resource) -> None:
        del bucket_policies[resource.physical_resource_id]


@provides("AWS::SSM::Parameter")
class Parameter:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        name = properties.get("Name", context.name())
        context.client("ssm").put_parameter(Name=name, **picked(properties, "Type", "Value", "Description"))
        return name, {"Type": properties["Type"], "Value": properties["Value"]}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> Created:
        name = resource.physical_resource_id
        resource.context.client("ssm").put_parameter(
            Name=name, Overwrite=True, **picked(properties, "Type", "Value", "Description")
        )
        return name, {"Type": properties["Type"], "Value": properties["Value"]}

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("ssm").delete_parameter(Name=resource.physical_resource_id)


@provides("AWS::Logs::LogGroup")
class LogGroup:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        logs = context.client("logs")
        name = properties.get("LogGroupName", context.name(512))
        logs.create_log_group(logGroupName=name)
        _set_retention(logs, name, properties)
        _set_key(context, name, properties)
        arn = f"arn:aws:logs:{context.region}:{context.account}:log-group:{name}:*"
        return name, {"Arn": arn}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        _set_retention(resource.context.client("logs"), resource.physical_resource_id, properties)
        _set_key(resource.context, resource.physical_resource_id, properties)

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("logs").delete_log_group(logGroupName=resource.physical_resource_id)


def _set_retention(logs: Any, name: str, properties: Properties) -> None:
    if "RetentionInDays" in properties:
        logs.put_retention_policy(logGroupName=name, retentionInDays=int(properties["RetentionInDays"]))


def _set_key(context: Context, name: str, properties: Properties) -> None:
    """Sets a log group's key if the key's policy lets CloudWatch Logs use it; moto has no call for that."""
    arn = properties.get("KmsKeyId")
    service = f"logs.{context.region}.amazonaws.com"
    if arn is not None:
        keys = kms_backends[context.account][context.region].keys.values()
        if not any(key.arn == arn and service in key.policy for key in keys):
            raise ResourceError(f"The specified KMS key does not exist or is not allowed to be used with {name}")
    logs_backends[context.account][context.region].groups[name].kms_key_id = arn


@provides("AWS::CloudWatch::Dashboard")
class Dashboard:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        name = properties.get("DashboardName", context.name(255))
        context.client("cloudwatch").put_dashboard(
            DashboardName=name, DashboardBody=properties["DashboardBody"]
        )
        return name, {}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        resource.context.client("cloudwatch").put_dashboard(
            DashboardName=resource.physical_resource_id, DashboardBody=properties["DashboardBody"]
        )

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("cloudwatch").delete_dashboards(
            DashboardNames=[resource.physical_resource_id]
        )


@provides("AWS::CloudWatch::Alarm")
class Alarm:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        name = properties.get("AlarmName", context.name(255))
        context.client("cloudwatch").put_metric_alarm(**{**properties, "AlarmName": name})
        return name, {"Arn": f"arn:aws:cloudwatch:{context.region}:{context.account}:alarm:{name}"}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        resource.context.client("cloudwatch").put_metric_alarm(
            **{**properties, "AlarmName": resource.physical_resource_id}
        )

    @staticmethod
    def delete(resource: Resource) -> None:
        resource.context.client("cloudwatch").delete_alarms(AlarmNames=[resource.physical_resource_id])
