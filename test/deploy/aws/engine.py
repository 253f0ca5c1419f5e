"""The order in which CloudFormation changes a stack and rolls back a change.

An update creates, replaces and modifies in the order of the references. A replacement is created beside
what it replaces. Only when all of that has worked is anything deleted: what was replaced, and what the
template no longer has. If something fails, what was modified is modified back, in the order of the references again,
as it is an update to the template before. What was created is deleted after that (unless its DeletionPolicy is Retain),
while the stack is at UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS. The old resources are untouched.
"""

from collections.abc import Callable
from typing import Any, Protocol

import template
from provider import Context, CreateFailed, Resource, ResourceError, member, provider_of, replaced_by

Resources = dict[str, Resource]


class Journal(Protocol):
    """Records what happens to a resource, as an event of the stack."""

    def __call__(
        self, resource_id: str, resource_type: str, physical_id: str, status: str, reason: str = ""
    ) -> None: ...


class ChangeFailed(Exception):
    """A change failed. The stack is as before, unless the rollback failed as well."""

    def __init__(self, reason: str, rolled_back: bool) -> None:
        super().__init__(reason)
        self.rolled_back = rolled_back


class Engine:
    """Changes the resources of one stack. It holds them by logical id."""

    def __init__(
        self,
        context_of: Callable[[str, str], Context],
        resolve: Callable[[Any], Any],
        resources: Resources,
        journal: Journal,
    ) -> None:
        self._context_of = context_of
        self._resolve = resolve
        self._resources = resources
        self._journal = journal
        self._modified: list[Callable[[], None]] = []
        self._created: list[Callable[[], None]] = []
        """How to undo each modification and each creation."""
        self._leaving: list[Resource] = []

    def change(self, entries: dict[str, Any]) -> None:
        """Brings the stack to the state that the template describes."""
        before = dict(self._resources)
        try:
            for logical_id in template.in_order(entries):
                self._reach(logical_id, entries[logical_id])
        except Exception as error:  # Whatever it is, the stack must roll back.
            raise ChangeFailed(str(error), self._roll_back()) from error
        removed = [resource for name, resource in before.items() if name not in entries]
        for resource in removed:
            del self._resources[resource.logical_resource_id]
        self._delete(self._leaving + [resource for resource in removed if not resource.retained])

    def delete(self) -> bool:
        """Deletes everything except retained resources, and returns whether that worked. Keeps what could not be deleted."""
        resources = list(self._resources.values())
        self._resources.clear()
        failed = self._delete([resource for resource in resources if not resource.retained])
        self._resources.update({resource.logical_resource_id: resource for resource in failed})
        return not failed

    def _reach(self, logical_id: str, entry: dict[str, Any]) -> None:
        """Creates, replaces or modifies one resource, or leaves it alone."""
        context = self._context_of(logical_id, entry["Type"])
        properties = self._resolve(entry.get("Properties", {}))
        old = self._resources.get(logical_id)
        try:
            if old is None:
                self._create(context, properties, entry)
            elif old.cf_resource_type != context.type:
                raise ResourceError("Update of resource type is not permitted")
            elif any(_differ(old, properties, path) for path in replaced_by(context.type)):
                self._replace(old, properties, entry)
            elif old.properties != properties:
                self._modify(old, properties, entry)
            else:
                _take_policies(old, entry)
        except Exception as error:
            status = "CREATE_FAILED" if old is None else "UPDATE_FAILED"
            self._journal(logical_id, context.type, "", status, str(error))
            raise

    def _create(self, context: Context, properties: dict[str, Any], entry: dict[str, Any]) -> None:
        try:
            physical_id, attributes = provider_of(context.type).create(context, properties)
        except CreateFailed as error:
            partial = Resource(context, properties, error.physical_id)
            self._created.append(lambda: provider_of(context.type).delete(partial))
            raise
        resource = Resource(context, properties, physical_id, attributes)
        _take_policies(resource, entry)
        replaced = self._resources.get(context.logical_id)
        self._resources[context.logical_id] = resource
        self._note(resource, "CREATE_COMPLETE" if replaced is None else "UPDATE_COMPLETE")

        def undo() -> None:
            if replaced is not None or not resource.retained_on_rollback:
                provider_of(context.type).delete(resource)
            if replaced is None:
                del self._resources[context.logical_id]
            else:
                self._resources[context.logical_id] = replaced

        self._created.append(undo)

    def _replace(self, old: Resource, properties: dict[str, Any], entry: dict[str, Any]) -> None:
        self._create(old.context, properties, entry)
        if not old.retained_when_replaced:
            self._leaving.append(old)

    def _modify(self, old: Resource, properties: dict[str, Any], entry: dict[str, Any]) -> None:
        provider = provider_of(old.cf_resource_type)
        was = Resource(**vars(old))
        old.update_policy = self._resolve(entry.get("UpdatePolicy", {}))
        # A failed modification may have done part of its work.
        self._modified.append(lambda: self._modify_back(old, was, properties))
        made = provider.modify(old, properties)
        if made is not None and made[0] != old.physical_resource_id:
            self._leaving.append(was)
        if made is not None:
            old.physical_resource_id, old.attributes = made
        old.properties = properties
        _take_policies(old, entry)
        self._note(old, "UPDATE_COMPLETE")

    def _modify_back(self, resource: Resource, was: Resource, properties: dict[str, Any]) -> None:
        provider = provider_of(resource.cf_resource_type)
        resource.properties = properties
        # A rollback takes effect at once, without an update policy.
        resource.update_policy = {}
        made = provider.modify(resource, was.properties)
        superseded = Resource(**vars(resource))
        vars(resource).update(vars(was))
        if made is not None:
            resource.physical_resource_id, resource.attributes = made
        if superseded.physical_resource_id != resource.physical_resource_id:
            provider.delete(superseded)

    def _roll_back(self) -> bool:
        """Undoes every change, and returns whether that worked."""
        try:
            for undo in (*self._modified, *reversed(self._created)):
                undo()
        except Exception as error:
            self._journal("", "", "", "ROLLBACK_FAILED", str(error))
            return False
        return True

    def _delete(self, leaving: list[Resource]) -> list[Resource]:
        """Deletes each resource before those that it refers to, and records and returns what cannot be deleted."""
        failed = []
        waiting = list(leaving)
        while waiting:
            resource = next(one for one in waiting if not _needed(one, waiting))
            waiting.remove(resource)
            try:
                provider_of(resource.cf_resource_type).delete(resource)
                self._note(resource, "DELETE_COMPLETE")
            except Exception as error:  # Like AWS, continue with the others.
                failed.append(resource)
                self._note(resource, "DELETE_FAILED", str(error))
        return failed

    def _note(self, resource: Resource, status: str, reason: str = "") -> None:
        self._journal(
            resource.logical_resource_id,
            resource.cf_resource_type,
            resource.physical_resource_id,
            status,
            reason,
        )


def _differ(old: Resource, properties: dict[str, Any], path: str) -> bool:
    return member(old.properties, path) != member(properties, path)


def _take_policies(resource: Resource, entry: dict[str, Any]) -> None:
    """Remembers the parts of an entry that matter when the resource is deleted."""
    resource.depends_on = template.references(entry)
    resource.retained = entry.get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate")
    # RetainExceptOnCreate is different: if the operation that created the resource fails, the resource is deleted.
    resource.retained_on_rollback = entry.get("DeletionPolicy") == "Retain"
    resource.retained_when_replaced = entry.get("UpdateReplacePolicy") == "Retain"


def _needed(resource: Resource, waiting: list[Resource]) -> bool:
    return any(resource.logical_resource_id in other.depends_on for other in waiting if other is not resource)
