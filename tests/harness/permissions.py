"""The questions that each request to AWS puts to IAM."""

import re
from collections import defaultdict
from collections.abc import Iterable
from email.utils import parseaddr
from typing import NamedTuple

_PARTS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
_OTHERS = {
    ("secretsmanager", "GetSecretValue"): ("secretsmanager:GetSecretValue", "SecretId"),
    ("kms", "Decrypt"): ("kms:Decrypt", "KeyId"),
    ("kms", "Sign"): ("kms:Sign", "KeyId"),
    ("kms", "Encrypt"): ("kms:Encrypt", "KeyId"),
    ("sqs", "SendMessage"): ("sqs:SendMessage", "QueueUrl"),
}
LEADING_KEYS = "dynamodb:LeadingKeys"
type Context = tuple[tuple[str, str], ...]


class Request(NamedTuple):
    """One question: may this function take this action on this resource, on items with all these leading keys at once?

    `resource` is its name in requests, with `/index/…` for an index; `kinds` are what the keys begin with (see `kind`).
    """

    function: str
    action: str
    resource: str
    kinds: frozenset[str] = frozenset()
    context: Context = ()

    def __str__(self) -> str:
        what = ", ".join([*sorted(self.kinds), *(f"{name}={value}" for name, value in self.context)])
        return f"{self.function}: {self.action} on {self.resource.rpartition(':')[2]} {what}".strip()


def requests(function: str, service: str, operation: str, parameters: dict) -> set[Request]:
    """The questions of one request; for a transaction or a batch, all keys of an action and a table together."""
    if service == "dynamodb":
        return {Request(function, f"dynamodb:{action}", table, kinds) for (action, table), kinds in _items(operation, parameters).items()}
    if service == "sns":
        return {Request(function, "sns:Publish", "*")}  # a phone has no ARN
    if service == "sms-voice":
        return {Request(function, "sms-voice:SendTextMessage", "sms-voice/pool/any")}  # whatever it sends from
    if service == "sesv2":
        return {Request(function, "ses:SendEmail", name, context=_sender(parameters)) for name in _ses_resources(parameters)}
    action, name = _OTHERS[service, operation]
    encryption = parameters.get("EncryptionContext", {}).items()
    return {
        Request(function, action, parameters[name], context=tuple((f"kms:EncryptionContext:{key}", value) for key, value in encryption))
    }


def _items(operation: str, parameters: dict) -> dict[tuple[str, str], frozenset[str]]:
    kinds_by_target = defaultdict(set)
    for action, table, key in _keys(operation, parameters):
        kinds_by_target[action, table].add(kind(key))
    return {each: frozenset(kinds) for each, kinds in kinds_by_target.items()}


def _keys(operation: str, parameters: dict) -> Iterable[tuple[str, str, str]]:
    """Each action, table and partition key."""
    match operation:
        case "TransactWriteItems":
            parts = [(_PARTS[name], part) for item in parameters["TransactItems"] for name, part in item.items()]
            return [(action, part["TableName"], _key(part)) for action, part in parts]
        case "BatchGetItem":
            tables = parameters["RequestItems"].items()
            return [(operation, table, key["pk"]["S"]) for table, entries in tables for key in entries["Keys"]]
        case "BatchWriteItem":
            tables = parameters["RequestItems"].items()
            return [(operation, table, _key(request["DeleteRequest"])) for table, entries in tables for request in entries]
        case "Query":
            [name] = re.findall(r"^#\w+ = (:\w+)", parameters["KeyConditionExpression"])
            index = f"/index/{parameters['IndexName']}" if "IndexName" in parameters else ""
            return [(operation, parameters["TableName"] + index, parameters["ExpressionAttributeValues"][name]["S"])]
    return [(operation, parameters["TableName"], _key(parameters))]


def _key(part: dict) -> str:
    return (part.get("Key") or part["Item"])["pk"]["S"]


def kind(key: str) -> str:
    """What a key begins with: `code#` of `code#…`, `cus_` of a customer's id; a key of neither form is a kind of its own."""
    name, mark, _ = key.partition("#")
    return name + mark if mark else "cus_" if key.startswith("cus_") else key


def example(kind_: str) -> str:
    """A key of that kind."""
    return kind_ + "x" if kind_.endswith(("#", "_")) else kind_


def _sender(parameters: dict) -> Context:
    return (("ses:FromAddress", parseaddr(parameters["FromEmailAddress"])[1]),)


def _ses_resources(parameters: dict) -> list[str]:
    """SES checks the sending identity and the configuration set, if there is one."""
    names = [f"identity/{parseaddr(parameters['FromEmailAddress'])[1]}"]
    return names + [f"configuration-set/{name}" for name in filter(None, [parameters.get("ConfigurationSetName")])]
