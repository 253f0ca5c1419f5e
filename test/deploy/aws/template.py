"""Templates as the engine reads them."""

import ipaddress
import re
from collections.abc import Callable
from typing import Any


def references(value: Any) -> set[str]:
    """The names that an entry refers to by Ref, Fn::GetAtt, Fn::Sub or DependsOn, parameters included."""
    found: set[str] = set()
    if isinstance(value, list):
        for item in value:
            found |= references(item)
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref":
                found.add(item)
            elif key == "Fn::GetAtt":
                found.add(item[0] if isinstance(item, list) else item.split(".")[0])
            elif key == "DependsOn":
                found |= {item} if isinstance(item, str) else set(item)
            elif key == "Fn::Sub":
                text = item[0] if isinstance(item, list) else item
                found |= set(re.findall(r"\$\{([A-Za-z0-9]+)", text)) | references(item)
            else:
                found |= references(item)
    return found


def with_ranges(value: Any, resolve: Callable[[Any], Any]) -> Any:
    """Replaces Fn::Cidr, which moto does not support, with the resulting ranges."""
    if isinstance(value, list):
        return [with_ranges(item, resolve) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["Fn::Cidr"]:
        block, count, bits = (resolve(argument) for argument in value["Fn::Cidr"])
        network = ipaddress.ip_network(block)
        ranges = network.subnets(new_prefix=network.max_prefixlen - int(bits))
        return [str(next(ranges)) for _ in range(int(count))]
    return {name: with_ranges(item, resolve) for name, item in value.items()}


def without_nothing(value: Any) -> Any:
    """The value without AWS::NoValue entries, which moto leaves in lists."""
    if isinstance(value, list):
        return [without_nothing(item) for item in value if item is not None]
    if isinstance(value, dict):
        return {name: without_nothing(item) for name, item in value.items() if item is not None}
    return value


def in_order(entries: dict[str, Any]) -> list[str]:
    """The logical ids, sorted so that each comes after those that its entry refers to."""
    ordered: list[str] = []

    def visit(logical_id: str, path: tuple[str, ...]) -> None:
        if logical_id in ordered or logical_id not in entries:
            return
        if logical_id in path:
            raise ValueError(f"Circular dependency between resources: {', '.join(path)}")
        for other in sorted(references(entries[logical_id])):
            visit(other, (*path, logical_id))
        ordered.append(logical_id)

    for logical_id in entries:
        visit(logical_id, ())
    return ordered
