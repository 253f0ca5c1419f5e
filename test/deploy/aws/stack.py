"""Makes moto's CloudFormation create, update and delete stacks through the engine."""

from typing import Any

from moto.cloudformation import models, parsing

from engine import ChangeFailed, Engine
from provider import Context, Resource, ResourceError
from template import with_ranges, without_nothing


class References(parsing.ResourceMap):
    """Resolves `Ref`, `Fn::GetAtt` and conditions. Unlike moto's map, it creates no resources meanwhile."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.existing: dict[str, Resource] = {}

    def __getitem__(self, key: str) -> Any:
        if key in self.existing:
            return self.existing[key]
        if key not in self._parsed_resources:
            raise ResourceError(f"{key} is referred to before it exists")
        return self._parsed_resources[key]

    def __iter__(self) -> Any:
        return iter(list(self.existing))

    def validate_outputs(self) -> None:
        """Nothing: moto would look for its own types. An unknown attribute fails when it is resolved."""

    def take(self, template: dict[str, Any], parameters: dict[str, Any]) -> None:
        """Switches to another template and keeps the existing resources."""
        self._template = template
        self._resource_json_map = template["Resources"]
        self.input_parameters = parameters
        self.load()

    def entries(self) -> dict[str, Any]:
        """The template's entries, without those whose condition is false."""
        return {
            logical_id: entry
            for logical_id, entry in self._resource_json_map.items()
            if "Condition" not in entry or self.lazy_condition_map[entry["Condition"]]
        }


class OrderedStack(models.Stack):
    """A stack that changes in CloudFormation's order."""

    # moto reads the service of a model from the name of its module.
    __module__ = models.__name__

    @property
    def exports(self) -> list[Any]:
        """Empty: no stack here imports a value, and moto looks before the resources exist."""
        return []

    @property
    def outputs(self) -> Any:
        """No outputs until the resources exist to which they refer."""
        settled = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
        return super().outputs if self.status in settled else None

    def create_resources(self) -> None:
        self._change("CREATE", "ROLLBACK")

    def create_from(self, template: str, parameters: dict[str, Any]) -> None:
        """Creates the resources of a change set, for a stack that had no template yet."""
        self._use(template, parameters)
        self.create_resources()

    def update(
        self,
        template: str,
        role_arn: str | None = None,
        parameters: dict[str, Any] | None = None,
        tags: dict[str, str] | None = None,
    ) -> None:
        before = (self.template, self.parameters)
        self._event("UPDATE_IN_PROGRESS")
        self._use(template, parameters or {})
        if not self._change("UPDATE", "UPDATE_ROLLBACK"):
            self._use(*before)

    def delete(self) -> None:
        self._event("DELETE_IN_PROGRESS")
        self._finish("DELETE_COMPLETE" if self._engine().delete() else "DELETE_FAILED")

    def _use(self, template: Any, parameters: dict[str, Any]) -> None:
        self.template = template
        self._parse_template()
        self.parameters = parameters
        self.resource_map.take(self.template_dict, parameters)
        self.output_map = self._create_output_map()

    def _change(self, action: str, failure: str) -> bool:
        try:
            self._engine().change(self.resource_map.entries())
        except ChangeFailed as error:
            self._finish(f"{failure}_{'COMPLETE' if error.rolled_back else 'FAILED'}", str(error))
            return False
        self.description = self.template_dict.get("Description")
        self._finish(f"{action}_COMPLETE")
        return True

    def _finish(self, status: str, reason: str = "") -> None:
        self._event(status, reason)
        self.status = status

    def _event(self, status: str, reason: str = "") -> None:
        self._add_stack_event(status, resource_status_reason=reason or None)

    def _engine(self) -> Engine:
        return Engine(self._context_of, self._resolve, self.resource_map.existing, self._note)

    def _context_of(self, logical_id: str, resource_type: str) -> Context:
        return Context(self.account_id, self.region_name, self.stack_id, self.name, logical_id, resource_type)

    def _resolve(self, value: Any) -> Any:
        return without_nothing(parsing.clean_json(with_ranges(value, self._resolve), self.resource_map))

    def _note(
        self, resource_id: str, resource_type: str, physical_id: str, status: str, reason: str = ""
    ) -> None:
        self.events.append(
            models.Event(
                stack_id=self.stack_id,
                stack_name=self.name,
                logical_resource_id=resource_id,
                physical_resource_id=physical_id,
                resource_type=resource_type,
                resource_status=status,
                resource_status_reason=reason or None,
                resource_properties=None,
            )
        )


def _execute_change_set(self: Any, change_set_name: str, stack_name: str | None = None) -> None:
    """Executes a change set and keeps its outcome; moto's own always reports success."""
    change_set = self.describe_change_set(change_set_name)
    stack = self.stacks[change_set.stack_id]
    if change_set.change_set_type == "CREATE":
        stack.create_from(change_set.template, change_set.parameters)
    else:
        stack.update(change_set.template, parameters=change_set.parameters)
    change_set.execution_status = "EXECUTE_COMPLETE"


_delete_stack = models.CloudFormationBackend.delete_stack


def _delete_or_keep_stack(self: Any, name_or_stack_id: str) -> None:
    """Deletes a stack. If the deletion fails, the stack stays and can be deleted again."""
    _delete_stack(self, name_or_stack_id)
    for stack_id, stack in list(self.deleted_stacks.items()):
        if stack.status == "DELETE_FAILED":
            self.stacks[stack_id] = self.deleted_stacks.pop(stack_id)


def install() -> None:
    """Patches moto."""
    models.CloudFormationBackend.delete_stack = _delete_or_keep_stack
    models.ResourceMap = References
    models.Stack = OrderedStack
    models.CloudFormationBackend.execute_change_set = _execute_change_set
