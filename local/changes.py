"""The changes that an action makes to the embedded DynamoDB: collected while it runs, published to the table's stream if it succeeds."""

from collections.abc import Sequence
from typing import Any, NamedTuple, override

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import StreamRecord, StreamShard, Table

KEPT_RECORDS = 10_000  # of a stream; DynamoDB keeps them for a day

type Image = dict[str, Any]
type Write = tuple[Shard, Item | None, Item | None]  # where, the item before, the item after


class Change(NamedTuple):
    """The change of one item by an action; images are in DynamoDB's JSON, and None means no item."""

    table: str
    key: Image
    old: Image | None
    new: Image | None


class Shard(StreamShard):
    """Takes the place of a table's stream shard; a record appears when its action is done."""

    def __init__(self, table: Table, changes: list["Write"]) -> None:
        super().__init__(table.account_id, table)
        self._changes = changes

    @override
    def add(self, old: Item | None, new: Item | None) -> None:
        self._changes.append((self, old, new))

    @override
    def get(self, start: int, quantity: int) -> list[dict[str, Any]]:
        return super().get(max(start, self.starting_sequence_number), quantity)

    def publish(self, old: Item | None, new: Item | None) -> None:
        """Append a record to the stream, if the table has one."""
        view = (self.table.stream_specification or {}).get("StreamViewType")
        if view is None:
            return
        name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
        number = self.starting_sequence_number + len(self.items)
        self.items.append(StreamRecord(self.table, view, name, old, new, number))
        surplus = len(self.items) - KEPT_RECORDS
        if surplus > 0:
            self.starting_sequence_number += surplus
            del self.items[:surplus]


def publish(writes: Sequence[Write]) -> list[Change]:
    """Publish one change for each item, however often the action wrote it, and return them; items that stayed the same are left out."""
    items: dict[tuple[str, DynamoType, DynamoType | None], Write] = {}
    for shard, old, new in writes:
        item = new or old
        if item is not None:
            at = (shard.table.name, item.hash_key, item.range_key)
            items[at] = (shard, items[at][1] if at in items else old, new)
    return [change for each in items.values() if (change := _change(*each))]


def image_of(item: Item) -> Image:
    """The item's attributes in DynamoDB's JSON."""
    attributes: Image = item.to_json()["Attributes"]
    return attributes


def _change(shard: Shard, old: Item | None, new: Item | None) -> Change | None:
    before, after = (None if item is None else image_of(item) for item in (old, new))
    image = after or before
    if image is None or before == after:
        return None
    shard.publish(old, new)
    return Change(shard.table.name, {name: image[name] for name in shard.table.table_key_attrs}, before, after)
