"""DynamoDB with plain Python values: every write carries a condition, and a failed condition returns the item as it was.

A write is built first (`update`, `put`, `delete`, `condition_check`) and then done: alone by `write`, or with others by `transact`.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from customer_auth import aws
from customer_auth.aws import expressions
from customer_auth.aws.attribute_values import marshal_item, unmarshal_item
from customer_auth.base import errors

type Item = dict[str, Any]

_MAX_BATCH_SIZE = 25  # writes in a BatchWriteItem
_BATCH_ATTEMPTS = 4


class ConditionFailed(Exception):
    """The condition of a write does not hold; `item` is the item as it is, empty if there is none."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item


class TransactionFailed(Exception):
    """Conditions of a transaction do not hold.

    `items` has one entry for each write: the item as it is if the write's condition failed (empty if there is no item), else None.
    """

    def __init__(self, items: list[Item | None]) -> None:
        super().__init__()
        self.items = items


class Write(NamedTuple):
    """One write, or one part of a transaction: its kind (`Put`, `Update`, `Delete`, `ConditionCheck`) and its parameters."""

    kind: str
    parameters: dict[str, Any]


def update(table: str, key: Item, expression: str, where: str, values: Item, names: dict[str, str] | None = None) -> Write:
    """A write that updates one item. `names` maps a `#name` to its attribute where that is not `name` itself."""
    return Write("Update", _keyed(table, key) | expressions.parameters(expression, where, values, names))


def put(table: str, item: Item, where: str, values: Item | None = None) -> Write:
    """A write that stores an item, in place of the one that `where` allows it to replace."""
    return Write("Put", {"TableName": table, "Item": marshal_item(item)} | expressions.parameters("", where, values))


def delete(table: str, key: Item, where: str = "", values: Item | None = None) -> Write:
    """A write that deletes an item; without `where` it succeeds whether there is one or not."""
    return Write("Delete", _keyed(table, key) | expressions.parameters("", where, values))


def condition_check(table: str, key: Item, where: str, values: Item) -> Write:
    """The part of a transaction that requires a condition of an item and does not change it."""
    return Write("ConditionCheck", _keyed(table, key) | expressions.parameters("", where, values))


def write(item_write: Write) -> None:
    """Do one write alone. Raises: ConditionFailed, aws.Failed."""
    _do(item_write)


def write_and_read(item_write: Write, name: str) -> Any:
    """Do one update alone; returns this attribute as it left it. Raises: ConditionFailed, aws.Failed."""
    attributes = _do(item_write, ReturnValues="ALL_NEW")["Attributes"]  # of a map, UPDATED_NEW has only what changed in it
    return unmarshal_item({name: attributes[name]})[name]


def write_and_read_item(item_write: Write) -> Item:
    """Do one update alone; returns the item as it left it. Raises: ConditionFailed, aws.Failed."""
    return unmarshal_item(_do(item_write, ReturnValues="ALL_NEW")["Attributes"])


def _do(item_write: Write, **options: str) -> dict[str, Any]:
    try:
        return aws.call("dynamodb", f"{item_write.kind}Item", **item_write.parameters, **options)
    except aws.ConditionalCheckFailed as failed:
        raise ConditionFailed(unmarshal_item(failed.item)) from None


def try_write(item_write: Write) -> bool:
    """Do one write if its condition holds, else nothing; returns whether it was done. Raises: aws.Failed."""
    try:
        write(item_write)
    except ConditionFailed:
        return False
    return True


def transact(writes: Sequence[Write]) -> None:
    """Do all of the writes or none. Raises: TransactionFailed, aws.Failed."""
    try:
        aws.call("dynamodb", "TransactWriteItems", TransactItems=[{kind: parameters} for kind, parameters in writes])
    except aws.TransactionCanceled as canceled:
        raise TransactionFailed([None if item is None else unmarshal_item(item) for item in canceled.items]) from None


def try_transact(writes: Sequence[Write]) -> bool:
    """Do all of the writes in one request if all their conditions hold, else none; returns whether they were done. Raises: aws.Failed."""
    if len(writes) == 1:
        return try_write(writes[0])
    try:
        transact(writes)
    except TransactionFailed:
        return False
    return True


def get(table: str, key: Item) -> Item | None:
    """The item with this key by a consistent read, or None. Raises: aws.Failed."""
    response = aws.call("dynamodb", "GetItem", ConsistentRead=True, **_keyed(table, key))
    return unmarshal_item(response["Item"]) if "Item" in response else None


def batch_get(refs: Sequence[tuple[str, Item]]) -> list[Item | None]:
    """The items with these tables and keys, in that order, by consistent reads in one request.

    Raises: Unavailable (some keys remained unprocessed after repeated requests), aws.Failed.
    """
    request: dict[str, Any] = {}
    for table, key in refs:
        request.setdefault(table, {"Keys": [], "ConsistentRead": True})["Keys"].append(marshal_item(key))
    items: dict[tuple[str, Any, Any], Item] = {}
    for response in _responses("BatchGetItem", request, unprocessed="UnprocessedKeys"):
        for table, raw_items in response["Responses"].items():
            items |= {(table, item["pk"], item.get("sk")): item for item in map(unmarshal_item, raw_items)}
    return [items.get((table, key["pk"], key.get("sk"))) for table, key in refs]


def batch_delete(refs: Sequence[tuple[str, Item]]) -> None:
    """Delete the items with these tables and keys, whether they exist or not.

    Raises: Unavailable (some may remain), aws.Failed.
    """
    for batch in itertools.batched(refs, _MAX_BATCH_SIZE, strict=False):
        request: dict[str, Any] = {}
        for table, key in batch:
            request.setdefault(table, []).append({"DeleteRequest": {"Key": marshal_item(key)}})
        for _ in _responses("BatchWriteItem", request, unprocessed="UnprocessedItems"):
            pass


def _responses(operation: str, request: dict[str, Any], *, unprocessed: str) -> Iterator[dict[str, Any]]:
    """The responses to a batch: what one leaves unprocessed, because DynamoDB is throttling, is requested again.

    Raises: Unavailable (something remained unprocessed), aws.Failed.
    """
    for attempt in itertools.count(1):
        response = aws.call("dynamodb", operation, RequestItems=request)
        yield response
        request = response.get(unprocessed) or {}
        if not request:
            return
        if not aws.wait_to_retry(attempt, max_attempts=_BATCH_ATTEMPTS):
            raise errors.Unavailable(unprocessed)


def _keyed(table: str, key: Item) -> dict[str, Any]:
    return {"TableName": table, "Key": marshal_item(key)}
