"""Requested deletions, in the customers table, and how many there are of each state.

| attribute | holds |
|---|---|
| pk | deletion#adr_… |
| the fields of `Deletion` | id, customer_id, reason, …; the reason goes with the account |
| expires_at | when a request that is not confirmed lapses; TTL too |
| due_shard, due_at | when the processor has to do something next, for its index |
| listed, by_created, by_updated, by_customer | the state that is shown, and what lists are sorted by, for their indexes |
| erased | what there was to erase, by kind and count |

The counts of a shard's requests lie in an item of their own, count#deletions#…, and change with the requests.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from customer_auth.aws import dynamodb, keys, queries
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings
from customer_auth.base.locales import Locale

SHARDS = 4
# The indexes of the lists, by what they are sorted by.
LISTS = {"created_at": "deletions_by_created", "updated_at": "deletions_by_updated", "customer_id": "deletions_by_customer"}
_SORTED_BY = {"created_at": "by_created", "updated_at": "by_updated", "customer_id": "by_customer"}


class State(StrEnum):
    """Where in its life a request is."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    ERASING = "erasing"  # shown as confirmed
    CANCELLED = "cancelled"
    COMPLETED = "completed"


SHOWN = (State.PENDING, State.CONFIRMED, State.CANCELLED, State.COMPLETED)
COUNTED = SHOWN[1:]


class Deletion(NamedTuple):
    """A request that an account be deleted. Times in epoch seconds; `locale` is the language that it was asked for in."""

    id: str
    customer_id: str
    status: str
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
    """Where the request lies, for a batch."""
    return settings.resources().customers_table, {"pk": keys.deletion(request_id)}


def deletion(item: Item | None) -> Deletion | None:
    """The request that a raw item holds."""
    return Deletion(**{name: item[name] for name in Deletion._fields if name in item}) if item else None


def find(request_id: str) -> Deletion | None:
    """The request of this id. Raises: aws.Failed."""
    return deletion(dynamodb.get(*key(request_id)))


def request(request_id: str, customer_id: str, reason: str | None, locale: str, *, lapses_at: int) -> Write:
    """The part of a transaction that keeps a request, or asks once more by one that is not confirmed."""
    now = clock.now()
    fields = _listed(State.PENDING, request_id, now) | {"expires_at": lapses_at, "due_at": lapses_at, "locale": locale}
    first = {"id": request_id, "customer_id": customer_id, "created_at": now, "due_shard": _due_shard(request_id)}
    first |= {"by_created": _position(now, request_id), "by_customer": f"{customer_id}#{request_id}"}
    sets = [f"#{name} = :{name}" for name in fields] + [f"#{name} = if_not_exists(#{name}, :{name})" for name in first]
    expression = f"SET {', '.join(sets)}" + (", #reason = :reason" if reason else " REMOVE #reason")
    values = {f":{name}": value for name, value in (fields | first | ({"reason": reason} if reason else {})).items()}
    where = "attribute_not_exists(#pk) OR #status = :status"
    return dynamodb.update(*key(request_id), expression, where, values)


def confirm(request_id: str, *, scheduled_at: int, due_at: int) -> Write:
    """The part of a transaction that confirms a request which has not lapsed."""
    fields: Item = {"deletion_scheduled_at": scheduled_at, "confirmed_at": clock.now(), "due_at": due_at}
    return _become(State.CONFIRMED, request_id, (State.PENDING,), fields, ends=("expires_at",))


def put_confirmed(new: Deletion) -> Write:
    """The part of a transaction that keeps a request which is confirmed from the start."""
    table, place = key(new.id)
    fields = {name: value for name, value in new._asdict().items() if value is not None}
    fields |= _listed(State.CONFIRMED, new.id, new.created_at) | {"due_shard": _due_shard(new.id)}
    fields |= {"by_created": _position(new.created_at, new.id), "by_customer": f"{new.customer_id}#{new.id}"}
    return dynamodb.put(table, place | fields, where="attribute_not_exists(#pk)")


def cancel(request_id: str) -> Write:
    """The part of a transaction that cancels a request; once its erasure has begun that fails."""
    return _become(State.CANCELLED, request_id, (State.CONFIRMED,), {"cancelled_at": clock.now()}, ends=("due_shard", "due_at", "failures"))


def remind(read: Deletion) -> Write:
    """The part of a transaction that comes with the reminder: next, the account is due."""
    fields = {"due_at": read.deletion_scheduled_at}
    return _become(State.CONFIRMED, read.id, (State.CONFIRMED,), fields, where="#due_at = :read", values={":read": read.due_at})


def erase(read: Deletion, erased: dict[str, int], now: int) -> Write:
    """The part of a transaction from which on nothing is cancelled any more, if the request is due."""
    where, values = "#deletion_scheduled_at <= :present", {":present": now}
    return _become(State.ERASING, read.id, (State.CONFIRMED,), {"erased": erased}, where=where, values=values)


def complete(read: Deletion, receipt: str, completed_at: int) -> Write:
    """The part of a transaction that completes the request, once: its reason goes, its receipt stays."""
    fields: Item = {"completed_at": completed_at, "receipt": receipt}
    ends = ("reason", "locale", "due_shard", "due_at", "failures")
    return _become(State.COMPLETED, read.id, (State.ERASING,), fields, ends=ends)


def forget_reason(request_id: str) -> Write:
    """The part of a transaction by which an earlier request's reason goes with the account."""
    return dynamodb.update(*key(request_id), "REMOVE #reason, #locale", "#status = :cancelled", {":cancelled": State.CANCELLED})


def lapse(read: Deletion, now: int) -> bool:
    """Remove a request that was not confirmed in its time, unless it was asked for again; answers whether it went. Raises: aws.Failed."""
    where = "#status = :pending AND #expires_at <= :now"
    return dynamodb.try_write(dynamodb.delete(*key(read.id), where, {":pending": State.PENDING, ":now": now}))


def postpone(read: Deletion, until: int) -> bool:
    """Look at the request again then: it has failed, or is begun and would be heard of no more where its function dies.

    False where it is not as it was read: it was postponed already, or has ended. Raises: aws.Failed.
    """
    values = {":until": until, ":read": read.due_at, ":failures": read.failures + 1}
    try:
        dynamodb.write(dynamodb.update(*key(read.id), "SET #due_at = :until, #failures = :failures", "#due_at = :read", values))
    except dynamodb.ConditionFailed as failed:
        found = deletion(failed.item)
        # Our own write, repeated after its answer was lost; or another run of this moment, beside which nothing is done twice.
        return found is not None and (found.due_at, found.failures) == (until, read.failures + 1)
    return True


def count(request_id: str, **changes: int) -> Write:
    """The part of a transaction that changes how many there are of these states."""
    sets = ", ".join(f"#{state} = if_not_exists(#{state}, :none) + :{state}" for state in changes)
    values = {":none": 0} | {f":{state}": change for state, change in changes.items()}
    table = settings.resources().customers_table
    return dynamodb.update(table, {"pk": keys.deletion_count(_shard(request_id))}, f"SET {sets}", "", values)


def counts() -> dict[str, int]:
    """How many requests there are of each state but the one that lapses. Raises: Unavailable, aws.Failed."""
    table = settings.resources().customers_table
    found = dynamodb.batch_get([(table, {"pk": keys.deletion_count(shard)}) for shard in range(SHARDS)])
    return {state: sum(item.get(state, 0) for item in found if item) for state in COUNTED}


def due(shard: int, now: int, *, most: int, after: Item | None = None) -> tuple[list[Deletion], Item | None]:
    """What of a shard has to be done by now, the oldest first, a page at a time; as the index has it. Raises: aws.Failed."""
    table, where = settings.resources().customers_table, {"due_shard": f"due#{shard}"}
    items, goes_on_after = queries.index_page(table, keys.DUE_INDEX, where, limit=most, start=after, ascending=True, until=("due_at", now))
    return [each for item in items if (each := deletion(item))], goes_on_after


def listed(
    state: str, order: str, *, ascending: bool, most: int | None = None, after: str | None = None, lapsed_by: int | None = None
) -> tuple[list[tuple[str, Deletion]], bool]:
    """Requests of one state in this order, each with its place in it, from after that place on; and whether there are more.

    Those that have lapsed by then are left out. Raises: aws.Failed.
    """
    table, attribute = settings.resources().customers_table, _SORTED_BY[order]
    beyond = (attribute, after) if after is not None else None
    limit = None if most is None else most + 1
    found: list[tuple[str, Deletion]] = []
    start: Item | None = None
    while True:
        items, start = queries.index_page(
            table, LISTS[order], {"listed": state}, limit=limit, start=start, ascending=ascending, beyond=beyond
        )
        alive = [item for item in items if lapsed_by is None or item["expires_at"] > lapsed_by]
        found += [(str(item[attribute]), each) for item in alive if (each := deletion(item))]
        if start is None or (most is not None and len(found) > most):
            return found[:most], most is not None and len(found) > most


def _become(
    state: State,
    request_id: str,
    before: Sequence[State],
    fields: Item,
    *,
    ends: Sequence[str] = (),
    where: str = "",
    values: Item | None = None,
) -> Write:
    fields = fields | _listed(state, request_id, clock.now())
    sets = ", ".join(f"#{name} = :{name}" for name in fields)
    expression = f"SET {sets}" + (f" REMOVE {', '.join(f'#{name}' for name in ends)}" if ends else "")
    was = {f":was_{n}": each for n, each in enumerate(before)}
    condition = f"#status IN ({', '.join(was)})" + (f" AND {where}" if where else "")
    written = {f":{name}": value for name, value in fields.items()}
    return dynamodb.update(*key(request_id), expression, condition, written | was | (values or {}))


def _listed(state: State, request_id: str, now: int) -> Item:
    shown = State.CONFIRMED if state is State.ERASING else state
    return {"status": state, "listed": shown, "updated_at": now, "by_updated": _position(now, request_id)}


def _position(at: int, request_id: str) -> str:
    return f"{at:012d}#{request_id}"


def _shard(request_id: str) -> int:
    return int(request_id[-1], 32) % SHARDS


def _due_shard(request_id: str) -> str:
    return f"due#{_shard(request_id)}"
