"""Writes whose response may be lost, and decisions whose data may change before they commit."""

from collections.abc import Callable
from typing import NamedTuple

from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base.errors import Throttled, Unavailable
from customer_auth.base.limits import Window

# A decision that three writers in a row have overtaken is under attack, or broken: the caller is told to try again later.
MAX_CONFLICT_RETRIES = 2


class WriteConflict(Exception):
    """Something that a decision was based on has changed: `items` has, by the position of each write, what is there now, or None."""

    def __init__(self, items: list[Item | None]) -> None:
        super().__init__()
        self.items = items


def retry_on_conflict[T](decide: Callable[[WriteConflict | None], T]) -> T:
    """Run `decide`, which reads, decides and commits; if its data changed meanwhile, run it again with what is there now.

    Raises: Unavailable (it changed every time), and whatever else `decide` raises.
    """
    conflict = None
    for _ in range(1 + MAX_CONFLICT_RETRIES):
        try:
            return decide(conflict)
        except WriteConflict as changed:
            conflict = changed
    raise Unavailable("changed_too_often")


def write_once(write: Write, is_own: Callable[[Item], bool]) -> Item | None:
    """Write if the condition holds. None if it is written; else the item that refused it, empty where there is none.

    A write that is repeated because its response was lost is refused by what it wrote itself: `is_own` recognises that.
    Raises: aws.Failed (it may be written).
    """
    try:
        dynamodb.write(write)
    except dynamodb.ConditionFailed as failed:
        return None if is_own(failed.item) else failed.item
    return None


class Counter(NamedTuple):
    """A rate-limit window in an item of its own: where it is, for how many seconds it is kept, and why its caller is throttled."""

    table: str
    key: Item
    window: Window
    kept_seconds: int
    reason: str


def count(counter: Counter, event_id: bytes, now: int, *, also: tuple[Window, ...] = ()) -> None:
    """Count an event by one write. Of any number of concurrent calls, as many succeed as the window has room for.

    The windows of `also` must have room too. Raises: Throttled; aws.Failed (it may be counted).
    """
    window, last = counter.window, f"last_{counter.window.name}"
    windows = (window, *also)
    write = dynamodb.update(
        counter.table,
        counter.key,
        f"SET {window.update()}, #{last} = :id, #expires_at = :expires_at",
        where=" AND ".join(
            [
                *(each.condition() for each in windows),  # there is room
                f"(attribute_not_exists(#{last}) OR #{last} <> :id)",  # this very event is not counted yet
            ]
        ),
        values=window.values(now)
        | {name: value for each in also for name, value in each.condition_values(now).items()}
        | {":id": event_id, ":expires_at": now + counter.kept_seconds},
    )
    item = write_once(write, lambda item: item.get(last) == event_id)
    if item is not None:
        raise Throttled(max(each.retry_after_seconds(item, now) for each in windows), counter.reason)
