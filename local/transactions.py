"""Transactions of the embedded DynamoDB: all conditions first, then all writes; what a failed one wrote is put back, item by item.

moto copies every table for a transaction; here only the items that it touches are copied.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import (
    ConditionalCheckFailed,
    ItemSizeToUpdateTooLarge,
    MockValidationException,
    MultipleTransactionsException,
    TooManyTransactionsException,
    TransactionCanceledException,
    TransactWriteSingleOpException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

from local import bounds
from local.changes import Image, image_of

MOST_ACTIONS = 100  # in a transaction
type Reason = tuple[str | None, str | None, Image | None]  # code, message, item


class Action(NamedTuple):
    """One action of a transaction: Put, Update, Delete or ConditionCheck of one item."""

    kind: str
    request: dict[str, Any]
    table: Table
    key: Image

    @property
    def item_key(self) -> tuple[str, str]:
        """What two actions of one transaction must not share."""
        return self.table.name, str(sorted(self.key.items()))

    @property
    def condition(self) -> tuple[str | None, dict[str, str] | None, dict[str, Any] | None]:
        """The condition, with its names and values."""
        read = self.request.get
        return read("ConditionExpression"), read("ExpressionAttributeNames"), read("ExpressionAttributeValues")


def write(backend: DynamoDBBackend, transact_items: Sequence[Mapping[str, dict[str, Any]]]) -> None:
    """Perform all actions or none. Raises: what DynamoDB answers a refused transaction with."""
    if len(transact_items) > MOST_ACTIONS:
        raise TooManyTransactionsException
    actions = [_action(backend, each) for each in transact_items]
    if len({action.item_key for action in actions}) < len(actions):
        raise MultipleTransactionsException
    _cancel_if_any([_check(backend, action) for action in actions])
    befores = [(action, copy.deepcopy(backend.get_item(action.table.name, action.key))) for action in actions]
    try:
        _cancel_if_any([_apply(backend, action) for action in actions])
    except (MockValidationException, TransactionCanceledException):
        for action, before in befores:
            put_back(action.table, action.key, before)
        raise


def put_back(table: Table, key: Image, before: Item | None) -> None:
    """Make the item what it was before a write; None means that there was none."""
    hash_key = DynamoType(key[table.hash_key_attr])
    range_key = DynamoType(key[table.range_key_attr]) if table.range_key_attr else None
    if before is None:
        table.delete_item(hash_key, range_key)
    elif range_key is None:
        table.items[hash_key] = before  # type: ignore[assignment]
    else:
        table.items[hash_key][range_key] = before


def _action(backend: DynamoDBBackend, transact_item: Mapping[str, dict[str, Any]]) -> Action:
    if len(transact_item) != 1:
        raise TransactWriteSingleOpException
    kind, request = next(iter(transact_item.items()))
    table = backend.get_table(request["TableName"])
    attributes = request["Item"] if kind == "Put" else request["Key"]
    missing = [name for name in table.table_key_attrs if name not in attributes]
    if missing:
        raise MockValidationException(f"One or more parameter values were invalid: Missing the key {missing[0]} in the item")
    return Action(kind, request, table, {name: attributes[name] for name in table.table_key_attrs})


def _check(backend: DynamoDBBackend, action: Action) -> Reason:
    if refusal := bounds.key_too_long(action.key, action.table.schema):
        return ("ValidationError", refusal.exception_msg, None)
    condition = get_filter_expression(*action.condition)
    current = backend.get_item(action.table.name, action.key)
    if condition.expr(current):
        return (None, None, None)
    returns_item = action.request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and current is not None
    return ("ConditionalCheckFailed", str(ConditionalCheckFailed().message), image_of(current) if returns_item and current else None)


def _apply(backend: DynamoDBBackend, action: Action) -> Reason:
    name = action.table.name
    names, values = action.request.get("ExpressionAttributeNames"), action.request.get("ExpressionAttributeValues")
    try:
        if action.kind == "Put":
            backend.put_item(name, action.request["Item"])
        elif action.kind == "Delete":
            backend.delete_item(name, action.key)
        elif action.kind == "Update":
            backend.update_item(name, action.key, action.request["UpdateExpression"], names or {}, values or {})
    except ItemSizeToUpdateTooLarge as refusal:
        return ("ValidationError", refusal.exception_msg, None)
    except MockValidationException:
        raise
    except Exception as error:  # noqa: BLE001 - moto's reasons are the names of its errors
        return (type(error).__name__, str(error), None)
    return (None, None, None)


def _cancel_if_any(reasons: list[Reason]) -> None:
    if any(code is not None for code, _, _ in reasons):
        raise TransactionCanceledException(reasons)
