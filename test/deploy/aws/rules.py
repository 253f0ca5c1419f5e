"""Teaches moto what AWS rejects, with AWS's errors, and the features that moto lacks."""

import json
from typing import Any

from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.cloudtrail.responses import CloudTrailResponse
from moto.elbv2 import models as elb
from moto.elbv2.exceptions import ELBClientError as RESTError
from moto.route53 import models as route53
from moto.s3.exceptions import S3AccessDeniedError
from moto.s3.responses import S3Response
from moto.ssm.exceptions import ValidationException
from moto.ssm.models import SimpleSystemManagerBackend


def install() -> None:
    """Patches moto's backends."""
    backend = elb.ELBv2Backend
    _allow_native_verification(backend)
    _keep_tracing(LambdaFunction)
    _name_zones(route53)
    # The CLI looks for the cause of a failed deploy, and would retry a failing call for half a minute.
    CloudTrailResponse.lookup_events = lambda self: json.dumps({"Events": []})
    for name, check in (
        ("create_load_balancer", _load_balancer_is_possible),
        ("delete_load_balancer", _load_balancer_may_be_deleted),
        ("create_listener", _port_is_free),
        ("modify_listener", _port_stays_free),
        ("create_rule", _rule_forwards_to_own_groups),
        ("modify_rule", _changed_rule_forwards_to_own_groups),
        ("set_subnets", _subnets_stay_in_the_vpc),
        ("register_targets", _function_may_be_invoked),
    ):
        _check_first(backend, name, check)
    _check_first(SimpleSystemManagerBackend, "put_parameter", _new_parameter_has_a_type)
    _check_first(S3Response, "_authenticate_and_authorize_s3_action", _bucket_has_the_expected_owner)


def _check_first(owner: Any, name: str, check: Any) -> None:
    original = getattr(owner, name)

    def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
        check(self, *args, **kwargs)
        return original(self, *args, **kwargs)

    setattr(owner, name, checked)


def _allow_native_verification(backend: Any) -> None:
    """Accepts the action with which a load balancer verifies a JWT, which moto does not support."""
    elb.ALLOWED_ACTIONS.append("jwt-validation")
    original = backend._validate_actions

    def validate(self: Any, actions: list[Any]) -> None:
        for action in actions:
            if action.type == "jwt-validation":
                configuration = action.data.get("JwtValidationConfig") or {}
                if not (configuration.get("Issuer") and configuration.get("JwksEndpoint")):
                    raise RESTError("ValidationError", "JwtValidationConfig needs Issuer and JwksEndpoint")
        original(self, [action for action in actions if action.type != "jwt-validation"])

    backend._validate_actions = validate


def _name_zones(models: Any) -> None:
    """Makes the ids of hosted zones begin as in AWS; moto uses random letters and digits."""
    original = models.create_route53_zone_id
    models.create_route53_zone_id = lambda *args, **kwargs: f"Z{original(*args, **kwargs)[1:]}"


def _keep_tracing(function: Any) -> None:
    """Applies a change of a function's tracing, which moto ignores after creation."""
    original = function.update_configuration

    def update(self: Any, updates: dict[str, Any]) -> dict[str, Any]:
        self.tracing_config = updates.get("TracingConfig", self.tracing_config)
        return original(self, updates)

    function.update_configuration = update


def _new_parameter_has_a_type(
    self: Any, name: str, description: str, value: str, parameter_type: str | None, *args: Any, **kwargs: Any
) -> None:
    """moto requires the type only if the call does not overwrite."""
    if not parameter_type and not self._parameters[name]:
        raise ValidationException("A parameter type is required when you create a parameter.")


def _bucket_has_the_expected_owner(self: Any, bucket_name: str | None = None, *args: Any, **kwargs: Any) -> None:
    expected = self.headers.get("x-amz-expected-bucket-owner")
    if expected and bucket_name and self.backend.get_bucket(bucket_name).account_id != expected:
        raise S3AccessDeniedError()


def _load_balancer_is_possible(
    self: Any, name: str, security_groups: Any, subnet_ids: list[str], *args: Any, **kwargs: Any
) -> None:
    if any(balancer.name == name for balancer in self.load_balancers.values()):
        raise RESTError("DuplicateLoadBalancerName", f"A load balancer named {name} already exists")
    subnets = [self.ec2_backend.get_subnet(subnet_id) for subnet_id in subnet_ids]
    zones = [subnet.availability_zone for subnet in subnets]
    if len(set(zones)) < len(zones):
        raise _invalid("A load balancer cannot be attached to multiple subnets in the same Availability Zone")
    if len(zones) < 2:
        raise RESTError("ValidationError", "At least two subnets in two different zones must be specified")
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise _invalid("The subnets must all be in one VPC")


def _load_balancer_may_be_deleted(self: Any, arn: str) -> None:
    balancer = self.load_balancers.get(arn)
    if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
        raise RESTError(
            "OperationNotPermitted",
            f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
        )


def _subnets_stay_in_the_vpc(self: Any, arn: str, subnets: list[str], *args: Any) -> None:
    balancer = self.load_balancers[arn]
    if any(self.ec2_backend.get_subnet(one).vpc_id != balancer.vpc_id for one in subnets):
        raise _invalid(f"The subnets must be in {balancer.vpc_id}, the VPC of the load balancer")


def _port_is_free(
    self: Any, load_balancer_arn: str, protocol: str, port: str, *args: Any, **kwargs: Any
) -> None:
    _no_other_listener(self, load_balancer_arn, port, None)
    actions = args[2] if len(args) > 2 else kwargs["actions"]
    _forwards_to_own_groups(self, load_balancer_arn, actions)


def _port_stays_free(self: Any, arn: str, port: str | None = None, *args: Any, **kwargs: Any) -> None:
    balancer = _load_balancer_of(self, arn)
    if port is not None:
        _no_other_listener(self, balancer.arn, port, arn)


def _no_other_listener(self: Any, load_balancer_arn: str, port: str, own: str | None) -> None:
    listeners = self.load_balancers[load_balancer_arn].listeners.values()
    if any(str(one.port) == str(port) and one.arn != own for one in listeners):
        raise RESTError("DuplicateListener", f"A listener already exists on this port: {port}")


def _rule_forwards_to_own_groups(
    self: Any, listener_arn: str, conditions: Any, priority: Any, actions: Any, *args: Any, **kwargs: Any
) -> None:
    _forwards_to_own_groups(self, _load_balancer_of(self, listener_arn).arn, actions)


def _changed_rule_forwards_to_own_groups(
    self: Any, rule_arn: str, conditions: Any = None, actions: Any = None
) -> None:
    listener = rule_arn.replace(":listener-rule/", ":listener/").rsplit("/", 1)[0]
    _forwards_to_own_groups(self, _load_balancer_of(self, listener).arn, actions or [])


def _load_balancer_of(self: Any, listener_arn: str) -> Any:
    return next(one for one in self.load_balancers.values() if listener_arn in one.listeners)


def _forwards_to_own_groups(self: Any, load_balancer_arn: str, actions: list[Any]) -> None:
    """A target group belongs to the load balancer whose listeners and rules forward to it."""
    for group in _groups_in(actions):
        for balancer in self.load_balancers.values():
            if balancer.arn != load_balancer_arn and group in _groups_of(balancer):
                raise RESTError(
                    "TargetGroupAssociationLimit",
                    "The following target groups cannot be associated with more than one load balancer:"
                    f" {group}",
                )


def _groups_of(balancer: Any) -> set[str]:
    return {
        group
        for listener in balancer.listeners.values()
        for rule in listener.rules.values()
        for group in _groups_in([action.data for action in rule.actions])
    } | {
        group
        for listener in balancer.listeners.values()
        for group in _groups_in([action.data for action in listener.default_actions])
    }


def _groups_in(actions: list[dict[str, Any]]) -> set[str]:
    return {
        group["TargetGroupArn"]
        for action in actions
        for group in [action, *action.get("ForwardConfig", {}).get("TargetGroups", [])]
        if group.get("TargetGroupArn")
    }


def _function_may_be_invoked(self: Any, target_group_arn: str, instances: list[dict[str, Any]]) -> None:
    """A function can be registered only if its policy lets this target group invoke it."""
    group = self.target_groups[target_group_arn]
    if group.target_type != "lambda":
        return
    functions = {target["Id"] for target in instances}
    if len(functions | set(group.targets)) > 1:
        raise RESTError("TooManyTargets", "A target group takes one Lambda function")
    [function] = functions
    statements = _policy_of(self, function)
    if not any(_allows(statement, function, target_group_arn) for statement in statements):
        raise RESTError(
            "AccessDenied",
            "elasticloadbalancing principal does not have permission to invoke"
            f" {function} from target group {target_group_arn}",
        )


def _policy_of(self: Any, function_arn: str) -> list[dict[str, Any]]:
    functions = lambda_backends[self.account_id][self.region_name]
    unqualified = ":".join(function_arn.split(":")[:7])
    policy = functions.get_function(unqualified).policy
    return policy.statements if policy else []


def _allows(statement: dict[str, Any], function_arn: str, target_group_arn: str) -> bool:
    conditions = statement.get("Condition", {})
    source = conditions.get("ArnLike", {}).get("AWS:SourceArn", "")
    return (
        statement.get("Principal") == {"Service": "elasticloadbalancing.amazonaws.com"}
        and statement.get("Resource") == function_arn
        and target_group_arn.startswith(source.rstrip("*"))
    )


def _invalid(message: str) -> RESTError:
    return RESTError("InvalidConfigurationRequest", message)
