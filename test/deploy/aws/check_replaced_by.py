"""Compares replaced-by.json with CloudFormation's resource schemas, as cfn-lint has them.

Usage: python check_replaced_by.py REGION; prints each difference and exits with 1 if there is one.
"""

import sys

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from provider import REPLACED_BY


def main(region: str) -> int:
    different = 0
    for resource_type, properties in REPLACED_BY.items():
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, resource_type).schema
        paths = schema.get("createOnlyProperties", [])
        expected = sorted({path.removeprefix("/properties/").replace("/", ".") for path in paths})
        if properties != expected:
            different += 1
            print(f"{resource_type}: {properties} in replaced-by.json, {expected} in its schema")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
