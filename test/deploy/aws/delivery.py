"""Makes EventBridge invoke functions with the events that the rules call for, which moto does not.

A rule with a schedule gets an event of `aws.events` that names it among its resources. PutEvents returns when the
functions have finished, and fails if one of them failed, so that a rehearsal sees what it said.
"""

import datetime
from typing import Any

from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.core.exceptions import JsonRESTError
from moto.events.models import Rule

import running


def install() -> None:
    """Patches moto's rules."""
    original = Rule.send_to_targets

    def send(self: Rule, original_event: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        functions = [one["Arn"] for one in self.targets if one["Arn"].split(":")[2] == "lambda"]
        if not functions:
            original(self, original_event, *args, **kwargs)
        elif self.state == "ENABLED" and _concerns(self, original_event):
            for arn in functions:
                _invoke(self, arn, original_event)

    Rule.send_to_targets = send


def _concerns(rule: Rule, event: dict[str, Any]) -> bool:
    if event["source"] == "aws.events":
        return bool(rule.scheduled_expression) and rule.arn in event["resources"]
    return bool(rule.event_pattern.matches_event(event))


def _invoke(rule: Rule, arn: str, event: dict[str, Any]) -> None:
    function = lambda_backends[rule.account_id][rule.region_name].get_function(arn)
    if not any(_allows(statement, rule) for statement in _statements(function)):
        raise JsonRESTError("AccessDenied", f"{function.function_name} does not let {rule.arn} invoke it")
    time = datetime.datetime.fromtimestamp(event["time"], datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    finished = running.run(function, {**event, "time": time})
    if finished.failed:
        raise JsonRESTError("TargetFailed", f"{function.function_name} failed:\n{finished.output}")


def _statements(function: LambdaFunction) -> list[dict[str, Any]]:
    return function.policy.statements if function.policy else []


def _allows(statement: dict[str, Any], rule: Rule) -> bool:
    return (
        statement.get("Principal") == {"Service": "events.amazonaws.com"}
        and statement.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn") == rule.arn
    )
