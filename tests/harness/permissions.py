"""What IAM would ask for each request to AWS, and what the template's policies answer."""

import fnmatch
import json
import re
from typing import NamedTuple

_DYNAMODB_PARTS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
_OTHERS = {
    ("secretsmanager", "GetSecretValue"): ("secretsmanager:GetSecretValue", "SecretId"),
    ("kms", "Decrypt"): ("kms:Decrypt", "KeyId"),
    ("kms", "Sign"): ("kms:Sign", "KeyId"),
    ("kms", "Encrypt"): ("kms:Encrypt", "KeyId"),
    ("sqs", "SendMessage"): ("sqs:SendMessage", "QueueUrl"),
    ("sns", "Publish"): ("sns:Publish", None),
    ("sesv2", "SendEmail"): ("ses:SendEmail", None),
}


class Permission(NamedTuple):
    """One action on one resource (its physical name, empty where it has none), for a table's key with this prefix."""

    function: str
    action: str
    resource: str
    leading_key: str = ""


def needed(function: str, service: str, operation: str, parameters: dict) -> set[Permission]:
    """The permissions that a request takes; a transaction takes those of its parts."""
    if service != "dynamodb":
        action, name = _OTHERS[service, operation]
        return {Permission(function, action, parameters.get(name, "") if name else "")}
    if operation == "TransactWriteItems":
        parts = [(_DYNAMODB_PARTS[kind], part) for item in parameters["TransactItems"] for kind, part in item.items()]
        return {Permission(function, f"dynamodb:{action}", part["TableName"], _leading(part)) for action, part in parts}
    if operation == "BatchGetItem":
        asked = parameters["RequestItems"].items()
        return {
            Permission(function, "dynamodb:BatchGetItem", table, _leading({"Key": key})) for table, keys in asked for key in keys["Keys"]
        }
    if operation == "BatchWriteItem":
        asked = [(table, request) for table, requests in parameters["RequestItems"].items() for request in requests]
        return {Permission(function, "dynamodb:BatchWriteItem", table, _leading(each["DeleteRequest"])) for table, each in asked}
    if "IndexName" in parameters:
        return {Permission(function, f"dynamodb:{operation}", f"{parameters['TableName']}/index/{parameters['IndexName']}")}
    leading = "" if operation == "Query" else _leading(parameters)  # queries are of sessions, which lie under customers' own ids
    return {Permission(function, f"dynamodb:{operation}", parameters["TableName"], leading)}


def _leading(part: dict) -> str:
    key = (part.get("Key") or part["Item"])["pk"]["S"]
    kind, mark, _ = key.partition("#")
    return kind + mark if mark else "cus_" if key.startswith("cus_") else key


class Statement(NamedTuple):
    """One statement of a policy, with its actions, the physical resources it names and the leading keys it narrows to."""

    policy: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    leading_keys: tuple[str, ...]

    def allows(self, permission: Permission, action: str) -> bool:
        named = not permission.resource or any(fnmatch.fnmatchcase(permission.resource, each) for each in self.resources)
        keys = self.leading_keys
        narrowed = not keys or any(
            fnmatch.fnmatchcase(permission.leading_key + "x" if "#" in permission.leading_key else permission.leading_key, key)
            for key in keys
        )
        return action == permission.action and named and narrowed


def statements(template, ids: list[dict[str, str]]) -> dict[str, list[Statement]]:
    """Each function's statements, by logical id; `ids` are the resources' names in each stack that was made."""
    policies = template.resources_of("AWS::IAM::ManagedPolicy")
    found = {}
    for name, function in template.functions.items():
        role = function.properties.get("Role")
        own = template.resources[role["Fn::GetAtt"][0]]["Properties"]["ManagedPolicyArns"] if role else []
        refs = [policy["Ref"] for policy in function.properties.get("Policies", own)]
        found[name] = [_statement(ref, raw, ids) for ref in refs for raw in policies[ref]["PolicyDocument"]["Statement"]]
    return found


def _statement(policy: str, raw: dict, ids: list[dict[str, str]]) -> Statement:
    actions = raw["Action"] if isinstance(raw["Action"], list) else [raw["Action"]]
    resources = raw.get("Resource", [])
    condition = json.dumps(raw.get("Condition", {}))
    keys = raw.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys", [])
    assert keys or "LeadingKeys" not in condition
    return Statement(
        policy,
        tuple(actions),
        tuple(_physical(each, made) for each in (resources if isinstance(resources, list) else [resources]) for made in ids),
        tuple(keys),
    )


def _physical(resource, ids: dict[str, str]) -> str:
    """The name by which requests call the resource: a table's name, an index's below it, a queue's address, a secret's ARN, a key's id."""
    if isinstance(resource, dict) and (index := re.fullmatch(r"\$\{(\w+)\.Arn\}(/index/[\w*]+)", str(resource.get("Fn::Sub")))):
        return ids.get(index[1], "") + index[2]
    if isinstance(resource, dict) and "Fn::GetAtt" in resource:
        return ids.get(resource["Fn::GetAtt"][0], "")
    return ids.get(resource.get("Ref", ""), "") if isinstance(resource, dict) else str(resource)
