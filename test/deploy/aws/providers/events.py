"""Rules of EventBridge, with their targets."""

import json
from typing import Any

from provider import Context, Created, Properties, Resource, picked, provides


@provides("AWS::Events::Rule")
class Rule:
    @staticmethod
    def create(context: Context, properties: Properties) -> Created:
        name = properties.get("Name", context.name())
        return name, {"Arn": _put(context.client("events"), name, properties)}

    @staticmethod
    def modify(resource: Resource, properties: Properties) -> None:
        events = resource.context.client("events")
        name = resource.physical_resource_id
        gone = _ids(resource.properties) - _ids(properties)
        if gone:
            events.remove_targets(Rule=name, Ids=sorted(gone))
        _put(events, name, properties)

    @staticmethod
    def delete(resource: Resource) -> None:
        events = resource.context.client("events")
        name = resource.physical_resource_id
        # EventBridge refuses to delete a rule that has targets.
        events.remove_targets(Rule=name, Ids=sorted(_ids(resource.properties)))
        events.delete_rule(Name=name)


def _put(events: Any, name: str, properties: Properties) -> str:
    """Puts the rule and its targets, and returns its ARN. A rule can have a pattern and a schedule."""
    pattern = {"EventPattern": json.dumps(properties["EventPattern"])} if "EventPattern" in properties else {}
    arn = events.put_rule(
        Name=name, **pattern, **picked(properties, "Description", "ScheduleExpression", "State")
    )["RuleArn"]
    failed = events.put_targets(Rule=name, Targets=properties.get("Targets", []))["FailedEntries"]
    if failed:
        raise RuntimeError(f"PutTargets failed: {failed}")
    return arn


def _ids(properties: Properties) -> set[str]:
    return {target["Id"] for target in properties.get("Targets", [])}
