"""DynamoDB in our words: plain Python values in and out, a condition on every write, and what the item was when it failed.

In expressions every attribute is written `#name`, also the unreserved ones, and every value `:name`; the names are collected here.
"""

import base64
import itertools
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from customer_auth import aws
from customer_auth.base import errors

type Item = dict[str, Any]

_NAMES = re.compile(r"#(\w+)")
_MOST_IN_BATCH = 25
_BATCH_ATTEMPTS = 4
_KINDS: dict[type, str] = {str: "S", bytes: "B", bool: "BOOL"}


class Write(NamedTuple):
    """One write, or one part of a transaction: the kind (`Put`, `Update`, `Delete`, `ConditionCheck`) and its parameters."""

    kind: str
    parameters: dict[str, Any]


def update(table: str, key: Item, expression: str, where: str, values: Item, names: dict[str, str] | None = None) -> Write:
    """An update of one item. `names` tells what a `#name` stands for where that is not `name` itself."""
    parameters = {"TableName": table, "Key": _marshalled(key), "UpdateExpression": expression}
    return Write("Update", parameters | _condition(f"{expression} {where}", where, values, names))


def put(table: str, item: Item, where: str, values: Item | None = None) -> Write:
    """An item in the place of none, or of one that `where` allows."""
    return Write("Put", {"TableName": table, "Item": _marshalled(item)} | _condition(where, where, values or {}))


def check(table: str, key: Item, where: str, values: Item) -> Write:
    """A transaction's insistence on an item that it does not change."""
    return Write("ConditionCheck", {"TableName": table, "Key": _marshalled(key)} | _condition(where, where, values))


def remove(table: str, key: Item, where: str, values: Item) -> Write:
    """A transaction's end of an item that `where` allows to go."""
    return Write("Delete", {"TableName": table, "Key": _marshalled(key)} | _condition(where, where, values))


def end(table: str, key: Item) -> Write:
    """A transaction's end of an item that is over in any case, whether it was there or not."""
    return Write("Delete", {"TableName": table, "Key": _marshalled(key)})


def delete(table: str, key: Item) -> None:
    """The item is gone afterwards, whether it was there or not."""
    aws.call("dynamodb", "DeleteItem", TableName=table, Key=_marshalled(key))


class ConditionFailed(Exception):
    """The write's condition did not hold; `item` is what lay there, empty where nothing did."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item


class TransactionFailed(Exception):
    """Conditions of the transaction did not hold; `items` has, by position, what lay there (empty: nothing), or None where one held."""

    def __init__(self, items: list[Item | None]) -> None:
        super().__init__()
        self.items = items


def write(one: Write) -> None:
    """Do one write by itself. Raises: ConditionFailed."""
    _do(one)


def write_and_read(one: Write, name: str) -> Any:
    """Do one update by itself; answers this attribute as it left it. Raises: ConditionFailed."""
    attributes = _do(one, ReturnValues="ALL_NEW")["Attributes"]  # UPDATED_NEW has of a map no more than what changed in it
    return unmarshalled({name: attributes[name]})[name]


def _do(one: Write, **more: str) -> dict[str, Any]:
    try:
        return aws.call("dynamodb", f"{one.kind}Item", **one.parameters, **more)
    except aws.ConditionFailed as failed:
        raise ConditionFailed(unmarshalled(failed.item)) from None


def write_if(one: Write) -> bool:
    """Do one write where its condition holds, and nothing where it does not; answers which."""
    try:
        write(one)
    except ConditionFailed:
        return False
    return True


def write_all_if(writes: Sequence[Write]) -> bool:
    """Do all of the writes where the conditions of all hold, else nothing, in one request; answers which."""
    if len(writes) == 1:
        return write_if(writes[0])
    try:
        transact(writes)
    except TransactionFailed:
        return False
    return True


def transact(writes: Sequence[Write]) -> None:
    """All of the writes or none. Raises: TransactionFailed."""
    try:
        aws.call("dynamodb", "TransactWriteItems", TransactItems=[{one.kind: one.parameters} for one in writes])
    except aws.TransactionFailed as failed:
        raise TransactionFailed([None if raw is None else unmarshalled(raw) for raw in failed.reasons]) from None


def delete_all(places: Sequence[tuple[str, Item]]) -> None:
    """These (table, key) items are gone afterwards, whether they were there or not. Raises: Unavailable when some may be left."""
    for first in range(0, len(places), _MOST_IN_BATCH):
        request: dict[str, Any] = {}
        for table, key in places[first : first + _MOST_IN_BATCH]:
            request.setdefault(table, []).append({"DeleteRequest": {"Key": _marshalled(key)}})
        for _ in _answers("BatchWriteItem", request, left="UnprocessedItems"):
            pass


def get(table: str, key: Item) -> Item | None:
    """The item as the last write left it."""
    answer = aws.call("dynamodb", "GetItem", TableName=table, Key=_marshalled(key), ConsistentRead=True)
    return unmarshalled(answer["Item"]) if "Item" in answer else None


def query(table: str, pk: str) -> list[Item]:
    """All items under this partition key, in the order of their sort keys, as the last writes left them."""
    return [item for some in pages(table, pk) for item in some]


def pages(table: str, pk: str, *, names: Sequence[str] = (), most: int | None = None) -> Iterator[list[Item]]:
    """The same, a page at a time, of which no more is held than that; with `names` these attributes alone, `most` items a page."""
    asked: dict[str, Any] = {
        "KeyConditionExpression": "#pk = :pk",
        "ExpressionAttributeNames": {"#pk": "pk"} | {f"#{name}": name for name in names},
        "ExpressionAttributeValues": {":pk": {"S": pk}},
    }
    asked |= {"ProjectionExpression": ", ".join(f"#{name}" for name in names)} if names else {}
    asked |= {"Limit": most} if most else {}
    while True:
        answer = aws.call("dynamodb", "Query", TableName=table, ConsistentRead=True, **asked)
        yield [*map(unmarshalled, answer["Items"])]
        if "LastEvaluatedKey" not in answer:
            return
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def page(
    table: str,
    index: str,
    where: Item,
    *,
    most: int | None,
    start: Item | None = None,
    ascending: bool = False,
    until: tuple[str, int] | None = None,
    beyond: tuple[str, str] | None = None,
) -> tuple[list[Item], Item | None]:
    """The newest items of an index under one key, and where the next page starts, if there is one; an index may lag by a moment.

    `ascending`: the oldest; `until` is the last value of the sort key that counts, `beyond` the one after which they begin.
    """
    [(name, value)] = where.items()
    names, values, condition = {"#key": name}, {":key": _marshal(value)}, "#key = :key"
    for sort, operator in ((until, "<="), (beyond, ">" if ascending else "<")):
        if sort:
            names["#sort"], values[":sort"] = sort[0], _marshal(sort[1])
            condition += f" AND #sort {operator} :sort"
    asked: dict[str, Any] = {
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        "ScanIndexForward": ascending,
    }
    if most:
        asked["Limit"] = most
    if start:
        asked["ExclusiveStartKey"] = _marshalled(start)
    answer = aws.call("dynamodb", "Query", TableName=table, IndexName=index, **asked)
    last = answer.get("LastEvaluatedKey")
    return [*map(unmarshalled, answer["Items"])], unmarshalled(last) if last else None


def batch_get(wanted: Sequence[tuple[str, Item]]) -> list[Item | None]:
    """The items of these (table, key) pairs, each as the last write left it, in their order; in one request but for what it leaves unread.

    Raises: Unavailable when some went unread.
    """
    request: dict[str, Any] = {}
    for table, key in wanted:
        request.setdefault(table, {"Keys": [], "ConsistentRead": True})["Keys"].append(_marshalled(key))
    found: dict[tuple[str, Any, Any], Item] = {}
    for answer in _answers("BatchGetItem", request, left="UnprocessedKeys"):
        for table, items in answer["Responses"].items():
            found |= {(table, item["pk"], item.get("sk")): item for item in map(unmarshalled, items)}
    return [found.get((table, key["pk"], key.get("sk"))) for table, key in wanted]


def _answers(operation: str, request: dict[str, Any], *, left: str) -> Iterator[dict[str, Any]]:
    """A batch's answers: what one leaves undone, for DynamoDB has no room for it at the moment, is asked for again.

    Raises: Unavailable when some is left undone still.
    """
    for attempt in itertools.count(1):
        answer = aws.call("dynamodb", operation, RequestItems=request)
        yield answer
        request = answer.get(left) or {}
        if not request:
            return
        if not aws.try_again(attempt, most=_BATCH_ATTEMPTS):
            raise errors.Unavailable(left)


def _condition(text: str, where: str, values: Item, names: dict[str, str] | None = None) -> dict[str, Any]:
    used = _names(text)
    if names:
        used = used | {f"#{name}": meant for name, meant in names.items() if f"#{name}" in used}
    parameters: dict[str, Any] = {"ExpressionAttributeNames": used}
    if where:
        parameters |= {"ConditionExpression": where, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    if values:
        parameters["ExpressionAttributeValues"] = {name: _marshal(value) for name, value in values.items()}
    return parameters


@lru_cache(maxsize=256)
def _names(text: str) -> dict[str, str]:
    return {f"#{name}": name for name in _NAMES.findall(text)}


def _marshalled(item: Item) -> dict[str, Any]:
    return {name: _marshal(value) for name, value in item.items()}


def _marshal(value: Any) -> dict[str, Any]:
    kind = _KINDS.get(type(value))
    if kind is not None:
        return {kind: value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, str):  # an enumeration's member
        return {"S": str(value)}
    if isinstance(value, dict):
        return {"M": _marshalled(value)}
    return {"NULL": True} if value is None else {"L": [_marshal(each) for each in value]}


def unmarshalled(item: dict[str, Any]) -> Item:
    """A raw item, as conditions that failed and streams give it, in plain values; numbers are whole numbers here."""
    return {name: _unmarshal(value) for name, value in item.items()}


def _unmarshal(value: dict[str, Any]) -> Any:
    [(kind, content)] = value.items()
    match kind:
        case "N":
            return int(content)
        case "B":
            return base64.b64decode(content)
        case "M":
            return unmarshalled(content)
        case "L":
            return [_unmarshal(element) for element in content]
        case "NULL":
            return None
    return content
