"""What is left to be removed of a customer who was taken over: sessions of the one who had the id before, in the customers table.

There may be more of them than fit a transaction, so the transaction leaves this note and the processor does the rest, page by page.

| attribute | holds |
|---|---|
| pk | cleanup#cus_… |
| customer_id, below_epoch | whose sessions go: those that began in an earlier session epoch |
| due_shard, due_at | when the processor looks at it next, in its index of what is due |
| failures | how often it was begun without being finished |
"""

from typing import NamedTuple

from customer_auth.aws import dynamodb, keys, queries
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings

_SHARD = "cleanup"


class Cleanup(NamedTuple):
    """Sessions that are to be removed. `due_at` in epoch seconds."""

    customer_id: str
    below_epoch: int
    due_at: int
    failures: int = 0


def put_new(customer_id: str, *, below_epoch: int) -> Write:
    """The part of a transaction after which the sessions of earlier epochs are removed; once for a customer, who is then proven."""
    note = {"customer_id": customer_id, "below_epoch": below_epoch, "due_shard": _SHARD, "due_at": clock.now()}
    table, place = _key(customer_id)
    return dynamodb.put(table, place | note, "attribute_not_exists(#pk)")


def due(now: int, *, most: int) -> list[Cleanup]:
    """What is to be removed by now, the oldest first; as the index has it. Raises: aws.Failed."""
    table = settings.resources().customers_table
    items, _ = queries.index_page(table, keys.DUE_INDEX, {"due_shard": _SHARD}, limit=most, ascending=True, until=("due_at", now))
    return [Cleanup(**{name: item[name] for name in Cleanup._fields if name in item}) for item in items]


def begin(read: Cleanup, again_at: int) -> bool:
    """Mark it as begun: unless it is finished, it is looked at again then. False where another run has begun it. Raises: aws.Failed."""
    values = {":again_at": again_at, ":read": read.due_at, ":failures": read.failures + 1}
    where = "#due_at = :read"  # nobody has begun it since it was read
    write = dynamodb.update(*_key(read.customer_id), "SET #due_at = :again_at, #failures = :failures", where, values)
    return dynamodb.try_write(write)


def finish(read: Cleanup) -> None:
    """Everything is removed. Raises: aws.Failed."""
    dynamodb.write(dynamodb.delete(*_key(read.customer_id)))


def _key(customer_id: str) -> tuple[str, Item]:
    return settings.resources().customers_table, {"pk": keys.cleanup(customer_id)}
