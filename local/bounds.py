"""DynamoDB's size limits on keys, items, names and expressions, which moto does not enforce.

Source: DynamoDB developer guide, "Quotas", and the responses of AWS's own DynamoDB Local to the same requests.
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.dynamodb.exceptions import (
    HashKeyTooLong,
    ItemSizeTooLarge,
    ItemSizeToUpdateTooLarge,
    KeyIsEmptyStringException,
    MockValidationException,
    RangeKeyTooLong,
)

MOST_KEY_BYTES = {"HASH": 2_048, "RANGE": 1_024}
MOST_ITEM_BYTES = 400 * 1_024
MOST_EXPRESSION_BYTES = 4_096
MOST_OPERATORS = 300  # in a condition, including functions
MOST_NAME_BYTES = 65_535
MOST_PLACEHOLDER_BYTES = 255
CONDITIONS = ("ConditionExpression", "FilterExpression", "KeyConditionExpression")
EXPRESSIONS = (*CONDITIONS, "ProjectionExpression", "UpdateExpression")
_OPERATOR = re.compile(
    r"<>|[<>]=?|=|\b(?:and|or|not|between|in|attribute_(?:exists|not_exists|type)|begins_with|contains|size)\b", re.IGNORECASE
)
_BETWEEN = re.compile(r"\bbetween\b", re.IGNORECASE)

type Part = Mapping[str, Any]
type Schema = list[dict[str, str]]


def check(action: str, request: Part, schema_of: Callable[[str, str | None], Schema]) -> None:
    """Refuse a request that DynamoDB would refuse before executing it. Raises: MockValidationException."""
    for part in _parts(action, request):
        schema = schema_of(part["TableName"], part.get("IndexName"))
        for place in (part.get("Key"), part.get("Item")):
            if place is not None:
                _check_key(place, schema, longest=action != "TransactWriteItems")
        _check_names(part)
        for name in EXPRESSIONS:
            if name in part:
                _check_expression(name, part[name])
        if "Item" in part:
            _check_attributes({"M": part["Item"]})
            if size_of_item(part["Item"]) > MOST_ITEM_BYTES:
                raise ItemSizeTooLarge
        if any(_size(value) > MOST_ITEM_BYTES for value in (part.get("ExpressionAttributeValues") or {}).values()):
            raise ItemSizeToUpdateTooLarge
        if "KeyConditionExpression" in part:
            _check_sort_key(part, schema)


def key_too_long(key: Part, schema: Schema) -> MockValidationException | None:
    """Why no item can have this key; in a transaction this is the cancellation reason of its write."""
    for each in schema:
        value = key.get(each["AttributeName"])
        if value and _size(value) > MOST_KEY_BYTES[each["KeyType"]]:
            return HashKeyTooLong() if each["KeyType"] == "HASH" else RangeKeyTooLong()
    return None


def size_of_item(item: Part) -> int:
    """The size of names and values in bytes."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _parts(action: str, request: Part) -> Iterator[Part]:
    """The parts of a request for single items or tables, each with its TableName."""
    match action:
        case "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem" | "Query":
            yield request
        case "BatchGetItem":
            for table, keys_request in request["RequestItems"].items():
                yield {**keys_request, "TableName": table}
                yield from ({"TableName": table, "Key": key} for key in keys_request["Keys"])
        case "BatchWriteItem":
            for table, writes in request["RequestItems"].items():
                yield from ({**part, "TableName": table} for write in writes for part in write.values())
        case "TransactGetItems" | "TransactWriteItems":
            yield from (part for each in request["TransactItems"] for part in each.values())


def _check_key(place: Part, schema: Schema, *, longest: bool) -> None:
    for each in schema:
        name = each["AttributeName"]
        if name in place and next(iter(place[name].values())) in ("", b""):
            raise KeyIsEmptyStringException(name)
    if longest and (refusal := key_too_long(place, schema)):
        raise refusal


def _check_sort_key(part: Part, schema: Schema) -> None:
    """Refuse a query for a sort key that no item can have; such a partition key is allowed."""
    [partition] = [each["AttributeName"] for each in schema if each["KeyType"] == "HASH"]
    names, values = part.get("ExpressionAttributeNames") or {}, part.get("ExpressionAttributeValues") or {}
    spellings = "|".join(re.escape(each) for each in (partition, *(short for short, name in names.items() if name == partition)))
    others = re.sub(rf"(?<![\w#])(?:{spellings})\s*=\s*:\w+", "", part["KeyConditionExpression"])
    if any(_size(values[each]) > MOST_KEY_BYTES["RANGE"] for each in re.findall(r":\w+", others) if each in values):
        raise RangeKeyTooLong


def _check_names(part: Part) -> None:
    for what in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        for short in part.get(what) or {}:
            if len(short.encode()) > MOST_PLACEHOLDER_BYTES:
                raise MockValidationException(f"{what} contains invalid key: The expression attribute map contains a key that is too long")
    for short, name in (part.get("ExpressionAttributeNames") or {}).items():
        if refusal := _wrong_name(name):
            raise MockValidationException(f"ExpressionAttributeNames contains invalid value: {refusal} for key {short}")


def _check_attributes(value: Mapping[str, Any]) -> None:
    """Check the names of a map and of the maps in it."""
    [(kind, content)] = value.items()
    if kind == "M":
        for name, each in content.items():
            if refusal := _wrong_name(name):
                raise MockValidationException(refusal)
            _check_attributes(each)
    elif kind == "L":
        for each in content:
            _check_attributes(each)


def _wrong_name(name: str) -> str | None:
    if not name:
        return "Empty attribute name"
    return None if len(name.encode()) <= MOST_NAME_BYTES else "Attribute name is too large, must be less than 65536 bytes"


def _check_expression(name: str, expression: str) -> None:
    if not expression.strip():
        raise MockValidationException(f"Invalid {name}: The expression can not be empty;")
    if len(expression.encode()) > MOST_EXPRESSION_BYTES:
        raise MockValidationException(f"Invalid {name}: Expression size has exceeded the maximum allowed size;")
    if name in CONDITIONS:
        count = len(_OPERATOR.findall(expression)) - len(_BETWEEN.findall(expression))  # whose AND is not an operator
        if count > MOST_OPERATORS:
            raise MockValidationException(f"Invalid {name}: The expression contains too many operators; operator count: {count}")


def _size(value: Mapping[str, Any]) -> int:  # noqa: PLR0911 - one a kind
    """The size in bytes of a value in DynamoDB's JSON."""
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(content if isinstance(content, bytes) else base64.b64decode(content))
        case "N":
            return _size_of_number(content)
        case "SS" | "NS" | "BS":
            return sum(_size({kind[0]: each}) for each in content)
        case "L":
            return 3 + sum(1 + _size(each) for each in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size(each) for name, each in content.items())
    return 1  # BOOL, NULL


def _size_of_number(text: str) -> int:
    """One byte for two significant digits, plus one, plus one for a sign."""
    digits = text.lower().partition("e")[0].lstrip("+-").replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + text.startswith("-") if digits else 1
