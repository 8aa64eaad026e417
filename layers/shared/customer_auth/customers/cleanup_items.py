"""Sessions still to be removed after a customer was taken over, in the customers table.

They belong to whoever had the customer id before. There may be more of them than fit into a transaction, so the takeover's transaction
leaves this item, and the hourly processor removes the sessions page by page.

| attribute | holds |
|---|---|
| pk | cleanup#cus_… |
| customer_id, below_epoch | which sessions to remove: this customer's that began in an earlier session epoch |
| due_shard, due_at | when the processor handles it next, for its index of what is due |
| failures | how often it was begun and not finished |
"""

from typing import NamedTuple

from customer_auth.aws import dynamodb, keys, queries
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings

_SHARD = "cleanup"


class Cleanup(NamedTuple):
    """Sessions to be removed. `due_at` in epoch seconds."""

    customer_id: str
    below_epoch: int
    due_at: int
    failures: int = 0


def put_new(customer_id: str, *, below_epoch: int) -> Write:
    """Part of a transaction: schedules the removal of sessions from earlier epochs.

    Happens at most once for a customer, who owns a verified address from then on.
    """
    cleanup = {"customer_id": customer_id, "below_epoch": below_epoch, "due_shard": _SHARD, "due_at": clock.now()}
    table, item_key = _key(customer_id)
    return dynamodb.put(table, item_key | cleanup, "attribute_not_exists(#pk)")


def find_due(now: int, *, limit: int) -> list[Cleanup]:
    """The cleanups due by `now`, oldest first; the index may lag. Raises: aws.Failed."""
    table = settings.resources().customers_table
    items, _ = queries.index_page(table, keys.DUE_INDEX, {"due_shard": _SHARD}, limit=limit, ascending=True, until=("due_at", now))
    return [Cleanup(**{name: item[name] for name in Cleanup._fields if name in item}) for item in items]


def begin(cleanup: Cleanup, retry_at: int) -> bool:
    """Mark a cleanup as begun, due again at `retry_at` unless it is finished; False if another run has begun it. Raises: aws.Failed."""
    values = {":retry_at": retry_at, ":due_at": cleanup.due_at, ":failures": cleanup.failures + 1}
    where = "#due_at = :due_at"  # no other run has begun it
    write = dynamodb.update(*_key(cleanup.customer_id), "SET #due_at = :retry_at, #failures = :failures", where, values)
    return dynamodb.try_write(write)


def finish(cleanup: Cleanup) -> None:
    """Delete a cleanup whose sessions have all been removed. Raises: aws.Failed."""
    dynamodb.write(dynamodb.delete(*_key(cleanup.customer_id)))


def _key(customer_id: str) -> tuple[str, Item]:
    return settings.resources().customers_table, {"pk": keys.cleanup(customer_id)}
