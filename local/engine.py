"""The embedded DynamoDB: moto's, made safe between threads, with transactions that copy only the items they touch.

By itself moto runs threads without isolation, copies every table for a transaction, and loses its streams' readers when it restores them.
Here one lock surrounds every action, and an action's changes appear in streams and in the journal together, once it has succeeded.
"""

import contextlib
import threading
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, override

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult, BaseResponse
from moto.dynamodb import urls
from moto.dynamodb.exceptions import DynamodbException, ItemSizeToUpdateTooLarge, ResourceNotFoundException
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import dynamo_json_dump
from moto.dynamodb.parsing.validators import ActionCountValidator, OverlappingPathsValidator
from moto.dynamodb.responses import DynamoHandler
from moto.dynamodbstreams import urls as stream_urls
from moto.dynamodbstreams.models import DynamoDBStreamsBackend, dynamodbstreams_backends
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler

from local import bounds, expressions, transactions
from local.changes import Change, Image, Shard, Write, image_of, publish
from local.intrinsics import ACCOUNT_ID, PSEUDO_PARAMETERS

ITEM_ACTIONS = frozenset(
    {
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "GetItem",
        "GetRecords",
        "PutItem",
        "Query",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    }
)

type Listener = Callable[[Sequence[Change]], None]


class Backend(DynamoDBBackend):
    """moto's tables; `listeners` receive the changes of each successful action, under the lock and in order."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.lock = threading.RLock()
        self.listeners: list[Listener] = []
        self._changes: list[Write] = []

    @override
    def create_table(self, name: str, **properties: Any) -> Table:  # type: ignore[override]
        table = super().create_table(name, **properties)
        table.stream_shard = Shard(table, self._changes)
        return table

    @property
    @override
    def _url_module(self) -> Any:
        """How moto finds the handler when it runs in the process, as in tests."""
        return SimpleNamespace(url_bases=urls.url_bases, url_paths={"{0}/": Handler.dispatch})

    def end_action(self, *, succeeded: bool) -> None:
        """End an action: publish its changes, one for each item, or discard them."""
        writes, self._changes[:] = list(self._changes), []
        changes = publish(writes) if succeeded else []
        for listener in self.listeners if changes else ():
            listener(changes)

    def restore(self, table_name: str, image: Image) -> None:
        """Restore an item of an earlier process."""
        with self.lock:
            self.get_table(table_name).put_item(image)
            self.end_action(succeeded=True)

    def items(self) -> list[Change]:
        """Every item, as if it had just been created."""
        with self.lock:
            return [_arrival(table, image_of(item)) for table in self.tables.values() for item in table.all_items()]

    @override
    def update_item(self, table_name: str, key: dict[str, dict[str, Any]], *rest: Any, **more: Any) -> Item:
        item = super().update_item(table_name, key, *rest, **more)
        if bounds.size_of_item(image_of(item)) > bounds.MOST_ITEM_BYTES:
            _, before, _ = self._changes.pop()
            table = self.get_table(table_name)
            transactions.put_back(table, {name: key[name] for name in table.table_key_attrs}, before)
            raise ItemSizeToUpdateTooLarge
        return item

    @override
    def transact_write_items(self, transact_items: list[dict[str, Any]]) -> None:
        transactions.write(self, transact_items)


class Handler(DynamoHandler):
    """DynamoDB's actions, one at a time."""

    @override
    def call_action(self) -> TYPE_RESPONSE:
        backend = self.dynamodb_backend
        if not isinstance(backend, Backend):
            raise TypeError("install() has not been called")
        with backend.lock:
            succeeded = False
            try:
                with contextlib.suppress(ResourceNotFoundException):  # moto reports this itself
                    bounds.check(self._get_action(), getattr(self, "params", {}), backend.get_schema)
                response: TYPE_RESPONSE = super().call_action()
                succeeded = response[0] < 300  # noqa: PLR2004 - HTTP's success
            except DynamodbException as refusal:
                response = 400, {"Content-Type": "application/x-amz-json-1.0", **self.response_headers}, str(refusal.description)
            finally:
                backend.end_action(succeeded=succeeded)
            return response

    @override
    def serialized(self, action_result: ActionResult) -> TYPE_RESPONSE:
        return _written(self, action_result) or super().serialized(action_result)


class StreamsHandler(DynamoDBStreamsHandler):
    """The streams' actions; an iterator is dropped after its first use, or else a polling reader would fill the memory."""

    @override
    def serialized(self, action_result: ActionResult) -> TYPE_RESPONSE:
        return _written(self, action_result) or super().serialized(action_result)

    @override
    def get_records(self) -> ActionResult:
        result = super().get_records()
        self.backend.shard_iterators.pop(self._get_param("ShardIterator"), None)
        return result


class Streams(DynamoDBStreamsBackend):
    """moto's streams with the handler above."""

    @property
    @override
    def _url_module(self) -> Any:
        return SimpleNamespace(url_bases=stream_urls.url_bases, url_paths={"{0}/$": StreamsHandler.dispatch})


def install() -> Backend:
    """Put a new, empty engine into moto for this account and region."""
    expressions.install()
    # moto does both for every nested clause, although the clauses of the whole expression include them.
    ActionCountValidator.traverse = ActionCountValidator.verify_action_counts
    OverlappingPathsValidator.traverse = OverlappingPathsValidator.check_for_overlapping_paths
    LimitedSizeDict.__setitem__ = dict.__setitem__  # type: ignore[method-assign] # refuses less than 400 KB; `bounds` is exact
    region = PSEUDO_PARAMETERS["AWS::Region"]
    backend = Backend(region, ACCOUNT_ID)
    dynamodb_backends[ACCOUNT_ID][region] = backend
    dynamodbstreams_backends[ACCOUNT_ID][region] = Streams(region, ACCOUNT_ID)
    return backend


def _written(handler: BaseResponse, action_result: ActionResult) -> TYPE_RESPONSE | None:
    """The response of an action on items, as plain JSON: moto's general serializer takes longer than the action itself."""
    result = action_result.result
    if not isinstance(result, dict) or handler._get_action() not in ITEM_ACTIONS:  # noqa: SLF001 - moto's way to say which
        return None
    headers = {"Content-Type": "application/x-amz-json-1.0", **handler.response_headers}
    return 200, headers, dynamo_json_dump({name: value for name, value in result.items() if value is not None})


def _arrival(table: Table, image: Image) -> Change:
    return Change(table.name, {name: image[name] for name in table.table_key_attrs}, None, image)
