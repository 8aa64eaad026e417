"""Deletion requests that are due, in an index of the customers table: found by the processor, postponed, removed (see `deletion_items`)."""

from customer_auth.aws import dynamodb, keys, queries
from customer_auth.aws.dynamodb import Item
from customer_auth.base import settings
from customer_auth.deletion.deletion_items import Deletion, DeletionState, from_item, key


def find(shard: int, now: int, *, limit: int, after: Item | None = None) -> tuple[list[Deletion], Item | None]:
    """One page of a shard's requests that are due by `now`, oldest first, and the item after which the next page starts.

    The index may lag. Raises: aws.Failed.
    """
    table, where = settings.resources().customers_table, {"due_shard": f"due#{shard}"}
    items, last = queries.index_page(table, keys.DUE_INDEX, where, limit=limit, start=after, ascending=True, until=("due_at", now))
    return [deletion for item in items if (deletion := from_item(item))], last


def postpone(deletion: Deletion, until: int) -> bool:
    """Make the request due again at `until`: because it has failed, or so that it is retried if this run dies while handling it.

    False if it has changed since it was read: another run has postponed it, or it has ended. Raises: aws.Failed.
    """
    values = {":until": until, ":due_at": deletion.due_at, ":failures": deletion.failures + 1}
    try:
        dynamodb.write(dynamodb.update(*key(deletion.id), "SET #due_at = :until, #failures = :failures", "#due_at = :due_at", values))
    except dynamodb.ConditionFailed as failed:
        current = failed.item
        # Our own write, repeated after its response was lost; or another run's of the same second, with which nothing is done twice.
        return (current.get("due_at"), current.get("failures")) == (until, deletion.failures + 1)
    return True


def remove_lapsed(deletion: Deletion, now: int) -> bool:
    """Delete a request that was not confirmed in time; False if it has been renewed or confirmed meanwhile. Raises: aws.Failed."""
    where = "#status = :pending AND #expires_at <= :now"  # it has not been confirmed · nor renewed
    return dynamodb.try_write(dynamodb.delete(*key(deletion.id), where, {":pending": DeletionState.PENDING, ":now": now}))
