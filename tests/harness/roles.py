"""What each function's role allows, by the template as SAM expands it. Resources have invented ARNs with their logical ids."""

import fnmatch
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from local.intrinsics import ACCOUNT_ID
from tests.harness import transformed
from tests.harness.permissions import LEADING_KEYS, Request, example
from tests.harness.service import template

BASIC_EXECUTION = "AWSLambdaBasicExecutionRole"  # AWS's own, which SAM gives every function: its log
# What Lambda itself does in a function's name, by function and policy: its triggers, its dead letters, its log.
BY_LAMBDA = {("SendMessages", "ReadOutbox"), ("RecordConversions", "ReadUsedCodes"), ("ProcessAccountDeletions", "DeadLetterQueuePolicy")}
_HERE = f"us-east-1:{ACCOUNT_ID}"
_ARNS = {
    "AWS::DynamoDB::Table": {".Arn": "dynamodb:{here}:table/{name}", ".StreamArn": "dynamodb:{here}:table/{name}/stream/1"},
    "AWS::KMS::Key": {".Arn": "kms:{here}:key/{name}"},
    "AWS::Logs::LogGroup": {".Arn": "logs:{here}:log-group:{name}:*"},
    "AWS::SecretsManager::Secret": {"": "secretsmanager:{here}:secret:{name}-AbCdEf"},
    "AWS::SQS::Queue": {".Arn": "sqs:{here}:{name}"},
}


class Statement(NamedTuple):
    """One statement, with the policy it stands in: its actions, the resources it names (`but`: all the others), the keys it narrows to."""

    policy: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    but: tuple[str, ...]
    key_patterns: tuple[str, ...]

    def allows(self, action: str, arn: str, kind: str = "") -> bool:
        """Whether it allows the action on a resource, on an item of that kind if one is named."""
        named = not _fits(arn, self.but) if self.but else _fits(arn, self.resources)
        return action in self.actions and named and (not kind or not self.key_patterns or _fits(example(kind), self.key_patterns))


class Role(NamedTuple):
    """What a function may do: the documents of its policies by name, and AWS's own policies that it has."""

    policies: dict[str, dict]
    aws_policies: tuple[str, ...]
    managed: int

    @property
    def statements(self) -> list[Statement]:
        return [_statement(name, raw) for name, document in self.policies.items() for raw in _listed(document["Statement"])]


@cache
def arns() -> dict[str, str]:
    """The invented ARN of every resource: what `Ref` and `Fn::GetAtt` are taken for, by `Name` and `Name.Attribute`."""
    forms = [(name, form) for name, each in transformed.resources().items() for form in _ARNS.get(each["Type"], {}).items()]
    return {name + attribute: f"arn:aws:{form.format(here=_HERE, name=name)}" for name, (attribute, form) in forms}


@cache
def roles() -> dict[str, Role]:
    """Each function's role, by the function's logical id."""
    functions = {name: each for name, each in transformed.resources().items() if each["Type"] == "AWS::Lambda::Function"}
    return {name: _role(each["Properties"]["Role"]["Fn::GetAtt"][0]) for name, each in functions.items()}


def key_policies() -> dict[str, dict]:
    """The policy of each KMS key, by the key's ARN: it lets the account's policies decide."""
    keys = {name: each["Properties"] for name, each in transformed.resources().items() if each["Type"] == "AWS::KMS::Key"}
    return {arns()[f"{name}.Arn"]: template().resolve(key["KeyPolicy"], arns()) for name, key in keys.items()}


def may(function: str) -> list[Statement]:
    """What it does itself, without what Lambda does in its name."""
    return [each for each in roles()[function].statements if (function, each.policy) not in BY_LAMBDA]


def arn(resource: str, names: dict[str, str]) -> str:
    """The ARN of what a request named; `names` are the logical ids by physical name."""
    if resource == "*":
        return resource
    if resource.startswith(("identity/", "configuration-set/")):
        return f"arn:aws:ses:{_HERE}:{resource}"
    if resource.startswith("sms-voice/"):
        return f"arn:aws:sms-voice:{_HERE}:{resource.removeprefix('sms-voice/')}"
    name, index, rest = resource.partition("/index/")
    name = names[name]
    return arns().get(f"{name}.Arn", arns().get(name, "")) + index + rest


def named(requests: Iterable[Request], ids: list[dict[str, str]]) -> set[Request]:
    """The requests with ARNs instead of physical names; `ids` are the resources' names in each stack."""
    names = {physical: logical for each in ids for logical, physical in each.items() if "." not in logical}
    return {request._replace(resource=arn(request.resource, names)) for request in requests}


def _role(logical_id: str) -> Role:
    properties = transformed.resources()[logical_id]["Properties"]
    managed = properties.get("ManagedPolicyArns", [])
    own = [each["Ref"] for each in managed if isinstance(each, dict)]
    documents = {name: transformed.resources()[name]["Properties"]["PolicyDocument"] for name in own}
    documents |= {each["PolicyName"]: each["PolicyDocument"] for each in properties.get("Policies", [])}
    return Role(template().resolve(documents, arns()), tuple(each for each in managed if isinstance(each, str)), len(managed))


def _statement(policy: str, raw: dict) -> Statement:
    keys = raw.get("Condition", {}).get("ForAllValues:StringLike", {}).get(LEADING_KEYS, ())
    assert keys or LEADING_KEYS not in str(raw)
    return Statement(policy, *(tuple(_listed(raw.get(name, []))) for name in ("Action", "Resource", "NotResource")), tuple(_listed(keys)))


def _listed(value) -> list:
    return list(value) if isinstance(value, list | tuple) else [value]


def _fits(text: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(text, each) for each in patterns)
