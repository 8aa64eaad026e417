"""Counting events in a rate-limit window that has an item of its own: checked and counted by one conditional write (`base/limits.py`)."""

import secrets
from collections.abc import Callable
from typing import NamedTuple

from customer_auth.aws import conflicts, dynamodb
from customer_auth.aws.dynamodb import Item
from customer_auth.base import clock
from customer_auth.base.errors import Throttled
from customer_auth.base.limits import Window

_ID_BYTES = 8


class Counter(NamedTuple):
    """Where a window is, for how many seconds it is kept after an event, and why a caller is throttled.

    The windows of `also` must have room too. A write holds on `condition` besides; `check` raises if it was that which refused it.
    """

    table: str
    key: Item
    window: Window
    kept_seconds: int
    reason: str
    also: tuple[Window, ...] = ()
    condition: str = ""
    condition_values: Item | None = None
    check: Callable[[Item], None] = lambda _: None


def count(counter: Counter, event_id: bytes | None = None) -> None:
    """Count an event by one write. Of any number of concurrent calls, as many succeed as the window has room for.

    `event_id` names the event, by default at random. Raises: Throttled, what `check` raises; aws.Failed (it may be counted).
    """
    window, now, event_id = counter.window, clock.now(), event_id or secrets.token_bytes(_ID_BYTES)
    windows, last = (window, *counter.also), f"last_{window.name}"
    write = dynamodb.update(
        counter.table,
        counter.key,
        f"SET {window.update()}, #{last} = :id, #expires_at = :expires_at",
        where=" AND ".join(
            [
                *(each.condition() for each in windows),  # there is room
                f"(attribute_not_exists(#{last}) OR #{last} <> :id)",  # this very event is not counted yet
            ]
        )
        + counter.condition,
        values=window.values(now)
        | {name: value for each in counter.also for name, value in each.condition_values(now).items()}
        | (counter.condition_values or {})
        | {":id": event_id, ":expires_at": now + counter.kept_seconds},
    )
    item = conflicts.write_once(write, lambda item: item.get(last) == event_id)
    if item is not None:
        counter.check(item)
        raise Throttled(max(each.retry_after_seconds(item, now) for each in windows), counter.reason)
