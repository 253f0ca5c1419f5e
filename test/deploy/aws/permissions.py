"""Denies what a function's role does not allow, and what a bucket's policy denies.

A function's access key is the name of its role, so that the API knows who calls; whoever calls with another key may do
everything, as an administrator. Of IAM this has what calls of S3, SSM, EC2 and KMS need here: an action on a resource, with
the conditions in the templates. A condition that is not known here fails the call, so none is passed over.
"""

import fnmatch
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response
from moto.iam.models import iam_backends
from moto.s3.exceptions import S3AccessDeniedError
from moto.s3.responses import S3Response
from moto.ssm.responses import SimpleSystemManagerResponse

Statement = dict[str, Any]
Keys = dict[str, Any]
"""The condition keys of a request that have a value."""

bucket_policies: dict[str, list[Statement]] = {}
"""The statements of each bucket's policy, by the name of the bucket."""

S3_ACTIONS = {"HeadObject": "GetObject"}
"""Permissions whose names differ from the action's."""


def install() -> None:
    """Patches moto's responses."""
    _before(S3Response, "_authenticate_and_authorize_s3_action", _check_s3)
    _before(SimpleSystemManagerResponse, "_authenticate_and_authorize_normal_action", _check_ssm)
    _before(EC2Response, "_authenticate_and_authorize_normal_action", _check_ec2)


def _before(owner: Any, name: str, check: Callable[..., None]) -> None:
    original = getattr(owner, name)

    def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
        check(self, *args, **kwargs)
        return original(self, *args, **kwargs)

    setattr(owner, name, checked)


def _check_s3(response: Any, bucket_name: str | None = None, key_name: str | None = None) -> None:
    role = _role_of(response)
    if role is None or bucket_name is None:
        return
    arn = f"arn:aws:s3:::{bucket_name}" + (f"/{key_name}" if key_name else "")
    action = response.data["Action"]
    keys = {
        "aws:PrincipalArn": role.arn,
        # This machine has no TLS; in AWS the addresses are https.
        "aws:SecureTransport": "true",
        "s3:prefix": response.querystring.get("prefix", [None])[0],
    }
    actions = [S3_ACTIONS.get(action, action)]
    if action == "PutObject" and (response.headers.get("If-Match") or response.headers.get("If-None-Match")):
        actions.append("GetObject")
    for one in actions:
        if not is_allowed(role, f"s3:{one}", arn, keys, bucket_policies.get(bucket_name, [])):
            raise S3AccessDeniedError()
    _check_kms(response, role, action, bucket_name, key_name)
    missing = action in ("GetObject", "HeadObject") and not response.backend.head_object(bucket_name, key_name)
    if missing and not is_allowed(role, "s3:ListBucket", f"arn:aws:s3:::{bucket_name}", {**keys, "s3:prefix": None}):
        raise S3AccessDeniedError()


def _check_kms(response: Any, role: Any, action: str, bucket_name: str, key_name: str | None) -> None:
    """Whoever writes to or reads from a bucket that a KMS key encrypts needs permission to use that key through S3."""
    if action == "PutObject":
        rule = (response.backend.get_bucket(bucket_name).encryption or {}).get("Rule", {})
        key = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
        needed = "kms:GenerateDataKey"
    elif action in ("GetObject", "HeadObject"):
        found = response.backend.head_object(bucket_name, key_name)
        key = found.kms_key_id if found else None
        needed = "kms:Decrypt"
    else:
        return
    keys = {
        "kms:ViaService": f"s3.{response.region}.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket_name}",
    }
    if key and not is_allowed(role, needed, key, keys):
        raise S3AccessDeniedError()


def _check_ssm(response: Any, *args: Any) -> None:
    role = _role_of(response)
    if role is None:
        return
    request = json.loads(response.body)
    names = request.get("Names") or [request.get("Name") or request.get("ResourceId")]
    action = response._get_action()
    keys = {
        "ssm:Overwrite": "true" if request.get("Overwrite") else "false",
        "aws:TagKeys": [tag["Key"] for tag in request.get("Tags", [])],
    }
    # Creating a parameter with tags needs both.
    actions = [action] + (["AddTagsToResource"] if action == "PutParameter" and request.get("Tags") else [])
    for name in names:
        arn = f"arn:aws:ssm:{response.region}:{response.current_account}:parameter{name}"
        for one in actions:
            if not is_allowed(role, f"ssm:{one}", arn, keys):
                message = f"{role.arn} is not authorized to perform ssm:{one} on {arn}"
                raise JsonRESTError("AccessDeniedException", message)


def _check_ec2(response: Any, *args: Any) -> None:
    role = _role_of(response)
    if role is not None and not is_allowed(role, f"ec2:{response._get_action()}", "*", {}):
        raise EC2ClientError("UnauthorizedOperation", "You are not authorized to perform this operation.")


def _role_of(response: Any) -> Any:
    """The role whose name is the access key of a request, or None."""
    match = re.search(r"Credential=([^/]+)/", response.headers.get("Authorization", ""))
    roles = iam_backends[response.current_account]["aws"].roles.values()
    return next((role for role in roles if match and role.name == match[1]), None)


def is_allowed(role: Any, action: str, arn: str, keys: Keys, resource_policy: Iterable[Statement] = ()) -> bool:
    own = [
        statement
        for document in role.policies.values()
        for statement in _listed(json.loads(document)["Statement"])
    ]
    fitting = [one for one in (*own, *resource_policy) if _fits(one, action, arn, keys)]
    effects = {statement["Effect"] for statement in fitting}
    return "Allow" in effects and "Deny" not in effects


def _fits(statement: Statement, action: str, arn: str, keys: Keys) -> bool:
    return (
        any(_like(action.lower(), one.lower()) for one in _listed(statement.get("Action", "*")))
        and not any(_like(action.lower(), one.lower()) for one in _listed(statement.get("NotAction", [])))
        and any(_like(arn, one) for one in _listed(statement["Resource"]))
        and all(
            CONDITIONS[operator](keys[key] if key in keys else None, _listed(expected))
            for operator, by_key in statement.get("Condition", {}).items()
            for key, expected in by_key.items()
        )
    )


def _like(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


CONDITIONS: dict[str, Callable[[Any, list[str]], bool]] = {
    "Bool": lambda value, expected: value is not None and value in [str(one).lower() for one in expected],
    "StringEquals": lambda value, expected: value in expected,
    "ForAllValues:StringEquals": lambda value, expected: all(one in expected for one in value or []),
    "StringLike": lambda value, expected: value is not None and any(_like(value, one) for one in expected),
    "StringLikeIfExists": lambda value, expected: value is None or any(_like(value, one) for one in expected),
    "ArnNotLike": lambda value, expected: value is not None and not any(_like(value, one) for one in expected),
}
