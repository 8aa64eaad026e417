"""Deletion requests, in the customers table.

They are counted in `deletion_count_items`, listed for administrators by `deletion_list_items`, and found by the processor by
`deletion_due_items`.

| attribute | holds |
|---|---|
| pk | deletion#adr_… |
| the fields of `Deletion` | id, customer_id, reason, …; the reason is deleted with the account |
| expires_at | when a request that is not confirmed lapses; TTL too |
| due_shard, due_at | when the processor handles it next, for its index of what is due |
| listed, by_created, by_updated, by_customer | the state shown to administrators, and what they sort by, for the indexes |
| erased | what there was to erase, as counts by kind |
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, assert_never

from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings
from customer_auth.base.locales import Locale

SHARDS = 4


class DeletionState(StrEnum):
    """Where a request is in its life."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    ERASING = "erasing"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


class Deletion(NamedTuple):
    """A request to delete an account. Times in epoch seconds; `locale` is the language of the request."""

    id: str
    customer_id: str
    status: DeletionState
    created_at: int
    updated_at: int
    locale: str = Locale.EN
    reason: str | None = None
    deletion_scheduled_at: int | None = None
    confirmed_at: int | None = None
    cancelled_at: int | None = None
    completed_at: int | None = None
    receipt: str | None = None
    due_at: int = 0
    failures: int = 0
    erased: dict[str, int] | None = None


def key(request_id: str) -> tuple[str, Item]:
    """Table and key of the request, for a batch read."""
    return settings.resources().customers_table, {"pk": keys.deletion(request_id)}


def from_item(item: Item | None) -> Deletion | None:
    """The request stored in a raw item."""
    if item is None:
        return None
    fields = {name: item[name] for name in Deletion._fields if name in item}
    return Deletion(**fields | {"status": DeletionState(item["status"])})


def find(request_id: str) -> Deletion | None:
    """The request with this id. Raises: aws.Failed."""
    return from_item(dynamodb.get(*key(request_id)))


def request(request_id: str, customer_id: str, reason: str | None, locale: str, *, lapses_at: int) -> Write:
    """Part of a transaction: creates a request, or renews one that is not confirmed yet."""
    now = clock.now()
    fields = _state(DeletionState.PENDING, request_id, now) | {"expires_at": lapses_at, "due_at": lapses_at, "locale": locale}
    initial = {"id": request_id, "customer_id": customer_id, "created_at": now} | _fixed(request_id, customer_id, now)
    sets = [f"#{name} = :{name}" for name in fields] + [f"#{name} = if_not_exists(#{name}, :{name})" for name in initial]
    expression = f"SET {', '.join(sets)}" + (", #reason = :reason" if reason else " REMOVE #reason")
    values = {f":{name}": value for name, value in (fields | initial | ({"reason": reason} if reason else {})).items()}
    where = "attribute_not_exists(#pk) OR #status = :status"  # the request is new · or not confirmed yet
    return dynamodb.update(*key(request_id), expression, where, values)


def put_confirmed(deletion: Deletion) -> Write:
    """Part of a transaction: creates a request that is confirmed from the start."""
    table, item_key = key(deletion.id)
    fields = {name: value for name, value in deletion._asdict().items() if value is not None}
    fields |= _state(DeletionState.CONFIRMED, deletion.id, deletion.created_at)
    fields |= _fixed(deletion.id, deletion.customer_id, deletion.created_at)
    return dynamodb.put(table, item_key | fields, where="attribute_not_exists(#pk)")


def confirm(request_id: str, *, scheduled_at: int, due_at: int) -> Write:
    """Part of a transaction: confirms a request that has not lapsed."""
    fields: Item = {"deletion_scheduled_at": scheduled_at, "confirmed_at": clock.now(), "due_at": due_at}
    return _change_state(DeletionState.PENDING, DeletionState.CONFIRMED, request_id, fields, removes=("expires_at",))


def cancel(request_id: str) -> Write:
    """Part of a transaction: cancels a confirmed request; fails once the erasure has begun."""
    fields, removes = {"cancelled_at": clock.now()}, ("due_shard", "due_at", "failures")
    return _change_state(DeletionState.CONFIRMED, DeletionState.CANCELLED, request_id, fields, removes=removes)


def mark_reminded(deletion: Deletion) -> Write:
    """Part of a transaction with the reminder: the request is due next when the account is to be erased."""
    fields, values = {"due_at": deletion.deletion_scheduled_at}, {":reminder_at": deletion.due_at}
    where = "#due_at = :reminder_at"  # no other run has sent the reminder
    return _change_state(DeletionState.CONFIRMED, DeletionState.CONFIRMED, deletion.id, fields, where=where, values=values)


def begin_erasure(deletion: Deletion, inventory: dict[str, int], run_at: int) -> Write:
    """Part of a transaction: marks a request that is due as being erased, after which it cannot be cancelled."""
    where, values = "#deletion_scheduled_at <= :run_at", {":run_at": run_at}
    return _change_state(DeletionState.CONFIRMED, DeletionState.ERASING, deletion.id, {"erased": inventory}, where=where, values=values)


def complete(deletion: Deletion, receipt: str, completed_at: int) -> Write:
    """Part of a transaction: completes a request, once. Its reason is deleted, its receipt stays."""
    fields: Item = {"completed_at": completed_at, "receipt": receipt}
    removes = ("reason", "locale", "due_shard", "due_at", "failures")
    return _change_state(DeletionState.ERASING, DeletionState.COMPLETED, deletion.id, fields, removes=removes)


def remove_reason(request_id: str) -> Write:
    """Part of a transaction: deletes the reason of an earlier, cancelled request."""
    return dynamodb.update(*key(request_id), "REMOVE #reason, #locale", "#status = :cancelled", {":cancelled": DeletionState.CANCELLED})


def visible_state(state: DeletionState) -> DeletionState:
    """The state as customers and administrators see it: a request that is being erased is still confirmed."""
    match state:
        case DeletionState.ERASING:
            return DeletionState.CONFIRMED
        case DeletionState.PENDING | DeletionState.CONFIRMED | DeletionState.CANCELLED | DeletionState.COMPLETED:
            return state
    assert_never(state)


def shard_of(request_id: str) -> int:
    """In which of the SHARDS the request is counted, and found when it is due."""
    return int(request_id[-1], 32) % SHARDS


def _change_state(
    before: DeletionState,
    after: DeletionState,
    request_id: str,
    fields: Item,
    *,
    removes: Sequence[str] = (),
    where: str = "",
    values: Item | None = None,
) -> Write:
    """Part of a transaction: moves the request from one state to another, if it is in the first and `where` holds."""
    fields = fields | _state(after, request_id, clock.now())
    expression = f"SET {', '.join(f'#{name} = :{name}' for name in fields)}"
    expression += f" REMOVE {', '.join(f'#{name}' for name in removes)}" if removes else ""
    condition = "#status = :before" + (f" AND {where}" if where else "")
    written = {f":{name}": value for name, value in fields.items()} | {":before": before}
    return dynamodb.update(*key(request_id), expression, condition, written | (values or {}))


def _state(state: DeletionState, request_id: str, now: int) -> Item:
    """The attributes that change with the state."""
    return {"status": state, "listed": visible_state(state), "updated_at": now, "by_updated": _position(now, request_id)}


def _fixed(request_id: str, customer_id: str, created_at: int) -> Item:
    """The attributes of the indexes that never change."""
    return {
        "due_shard": f"due#{shard_of(request_id)}",
        "by_created": _position(created_at, request_id),
        "by_customer": f"{customer_id}#{request_id}",
    }


def _position(at: int, request_id: str) -> str:
    return f"{at:012d}#{request_id}"
