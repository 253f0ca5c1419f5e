"""What CloudFormation checks before it creates or changes anything: the declarations of parameters, and a template's rules."""

import json
import re
from collections.abc import Mapping
from typing import Any

from moto.cloudformation import models
from moto.cloudformation.exceptions import ValidationError
from moto.ec2.models import ec2_backends

Values = Mapping[str, str]


def check(template: str, given: Values, account: str, region: str) -> None:
    """Rejects values that the template does not allow, with CloudFormation's messages."""
    document = json.loads(template)
    slots: dict[str, Any] = document.get("Parameters", {})
    unknown = sorted(given.keys() - slots.keys())
    if unknown:
        raise ValidationError(message=f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values = {name: str(slot["Default"]) for name, slot in slots.items() if "Default" in slot} | dict(given)
    missing = sorted(slots.keys() - values.keys())
    if missing:
        raise ValidationError(message=f"Parameters: [{', '.join(missing)}] must have values")
    for name, slot in slots.items():
        for value in _entries(slot, values[name]):
            if not _fits(slot, value):
                wish = slot.get("ConstraintDescription", "does not satisfy its constraints")
                raise ValidationError(message=f"Parameter {name} failed to satisfy constraint: {wish}")
    rules = _Rules(values, slots, account, region)
    for rule in document.get("Rules", {}).values():
        if "RuleCondition" in rule and not rules.holds(rule["RuleCondition"]):
            continue
        for assertion in rule["Assertions"]:
            if not rules.holds(assertion["Assert"]):
                wish = assertion.get("AssertDescription")
                raise ValidationError(message=f"Template validation error: Rule failed: {wish}")


def _entries(slot: Mapping[str, Any], value: str) -> list[str]:
    is_list = slot["Type"] == "CommaDelimitedList" or slot["Type"].startswith("List<")
    return value.split(",") if is_list else [value]


def _fits(slot: Mapping[str, Any], value: str) -> bool:
    if "AllowedValues" in slot and value not in [str(allowed) for allowed in slot["AllowedValues"]]:
        return False
    # As in Java, the whole text must match.
    if "AllowedPattern" in slot and re.fullmatch(slot["AllowedPattern"], value, re.ASCII) is None:
        return False
    if not slot.get("MinLength", 0) <= len(value) <= slot.get("MaxLength", 4096):
        return False
    if slot["Type"] != "Number":
        return True
    if re.fullmatch(r"-?\d+(\.\d+)?", value) is None:
        return False
    return slot.get("MinValue", float("-inf")) <= float(value) <= slot.get("MaxValue", float("inf"))


class _Rules:
    """The functions that a template's rules may use."""

    def __init__(self, values: Values, slots: Mapping[str, Any], account: str, region: str) -> None:
        self._values = values
        self._slots = slots
        self._ec2 = ec2_backends[account][region]

    def holds(self, condition: Mapping[str, Any]) -> bool:
        [(name, argument)] = condition.items()
        if name == "Fn::Not":
            return not self.holds(argument[0])
        if name == "Fn::Equals":
            return self._value(argument[0]) == self._value(argument[1])
        if name == "Fn::Contains":
            return self._value(argument[1]) in argument[0]
        if name == "Fn::EachMemberIn":
            return set(self._value(argument[0])) <= set(self._value(argument[1]))
        raise ValidationError(message=f"Template error: a rule uses {name}, which is not known here")

    def _value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        [(name, argument)] = value.items()
        if name == "Ref":
            return self._values[argument]
        if name == "Fn::ValueOfAll" and argument == ["AWS::EC2::Subnet::Id", "VpcId"]:
            ids = [
                subnet
                for parameter, slot in self._slots.items()
                if slot["Type"] == "List<AWS::EC2::Subnet::Id>"
                for subnet in self._values[parameter].split(",")
            ]
            return [self._ec2.get_subnet(subnet).vpc_id for subnet in ids]
        if name == "Fn::RefAll" and argument == "AWS::EC2::VPC::Id":
            return [self._values[name] for name, slot in self._slots.items() if slot["Type"] == argument]
        raise ValidationError(message=f"Template error: a rule uses {name}, which is not known here")


def install() -> None:
    """Makes moto check parameters before it creates or updates a stack."""
    backend = models.CloudFormationBackend
    create, update = backend.create_stack, backend.update_stack

    def checked_create(self: Any, name: str, template: str, parameters: Values, **further: Any) -> Any:
        check(template, parameters, self.account_id, self.region_name)
        return create(self, name, template, parameters, **further)

    def checked_update(self: Any, name: str, template: str, parameters: list[Any], **further: Any) -> Any:
        values = self._resolve_update_parameters(instance=self.get_stack(name), incoming_params=parameters)
        check(template, values, self.account_id, self.region_name)
        return update(self, name=name, template=template, parameters=parameters, **further)

    backend.create_stack = checked_create
    backend.update_stack = checked_update
