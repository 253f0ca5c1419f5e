"""CodeDeploy's applications and deployment groups, and its part when CloudFormation lets it move an alias."""

from moto.iam.models import iam_backends

from permissions import is_allowed
from provider import Context, Created, Properties, Resource, ResourceError, provides

_groups: dict[tuple[str, str], Properties] = {}
"""The properties of each deployment group, by application and name."""


@provides("AWS::CodeDeploy::DeploymentGroup")
class DeploymentGroup:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        name = properties.get("DeploymentGroupName", context.name(100))
        _groups[properties["ApplicationName"], name] = properties
        return name, {}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        _groups[properties["ApplicationName"], resource.physical_resource_id] = properties

    @staticmethod
    def delete(resource: Resource) -> None:
        del _groups[resource.properties["ApplicationName"], resource.physical_resource_id]


def check_deployment(alias: Resource, function_arn: str) -> None:
    """Fails like a deployment of the alias that CodeDeploy may not make, or that an alarm stops."""
    update = alias.update_policy.get("CodeDeployLambdaAliasUpdate")
    if update is None:
        return
    group = _groups.get((update["ApplicationName"], update["DeploymentGroupName"]))
    if group is None:
        raise ResourceError(f"There is no deployment group {update['DeploymentGroupName']}")
    context = alias.context
    [role] = [
        one
        for one in iam_backends[context.account]["aws"].roles.values()
        if one.arn == group["ServiceRoleArn"]
    ]
    for action in ("lambda:GetAlias", "lambda:UpdateAlias", "cloudwatch:DescribeAlarms"):
        if not is_allowed(role, action, function_arn, {}):
            raise ResourceError(f"{role.arn} is not authorized to perform {action} on {function_arn}")
    names = [alarm["Name"] for alarm in group["AlarmConfiguration"]["Alarms"]]
    alarms = context.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    if {alarm["AlarmName"] for alarm in alarms} != set(names):
        raise ResourceError(f"Some of the alarms {', '.join(names)} do not exist")
    raised = [alarm["AlarmName"] for alarm in alarms if alarm["StateValue"] == "ALARM"]
    if raised:
        raise ResourceError(f"One or more alarms have been activated: {', '.join(raised)}")
