"""The hourly run over requested deletions: erases what is due, reminds of what will be, removes what nobody confirmed.

A request that is to be erased is postponed before it is begun, so that one whose function dies of it (memory, time) holds up no other.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import NamedTuple

from customer_auth import audit
from customer_auth.aws.dynamodb import Item
from customer_auth.base import clock
from customer_auth.customers import cleanup_items, customer_items
from customer_auth.customers.cleanup_items import Cleanup
from customer_auth.deletion import deletion_items, erasure
from customer_auth.deletion.deletion_items import Deletion, State
from customer_auth.messaging.kinds import Kind

_AT_ONCE = 8
_PAGE = 100
_LONGEST_PAUSE_SECONDS = clock.DAY


class Run(NamedTuple):
    """What a run came to."""

    completed: int
    reminded: int
    lapsed: int
    failed: int
    left: bool


def run(now: int, has_time: Callable[[], bool]) -> Run:
    """Do all that is due by `now`, the oldest first, for as long as there is time; what is left is the next run's. Raises: aws.Failed."""
    counted = dict.fromkeys(("completed", "reminded", "lapsed", "failed", "passed"), 0)
    left = False
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for page in _pages(now):
            for first in range(0, len(page), _AT_ONCE):
                if not has_time():
                    left = True
                    break
                some = page[first : first + _AT_ONCE]
                for outcome in [pool.submit(copy_context().run, _done, each, now) for each in some]:
                    counted[outcome.result()] += 1
            if left:
                break
    del counted["passed"]
    return Run(**counted, left=left)


def _pages(now: int) -> Iterator[list[Deletion | Cleanup]]:
    """What is due, a page of every shard at a time."""
    starts = dict[int, Item | None].fromkeys(range(deletion_items.SHARDS))
    page: list[Deletion | Cleanup] = [*cleanup_items.due(now, most=_PAGE)]
    while starts:
        for shard, start in list(starts.items()):
            found, starts[shard] = deletion_items.due(shard, now, most=_PAGE // deletion_items.SHARDS, after=start)
            page += found
            if starts[shard] is None:
                del starts[shard]
        yield sorted(page, key=lambda each: each.due_at)
        page = []


def _done(due: Deletion | Cleanup, now: int) -> str:
    """What was done about one request; one that fails holds up no other and is looked at again later, each time after a longer pause."""
    try:
        return _do(due, now)
    except Exception as failure:  # noqa: BLE001 (whatever is wrong with this one, the others go on)
        audit.crash(failure)
        audit.count("undeleted")
        if isinstance(due, Deletion):
            deletion_items.postpone(due, _again_at(due, now))  # which does nothing where it was begun
        return "failed"


def _again_at(due: Deletion | Cleanup, now: int) -> int:
    pause: int = min(clock.HOUR * 2**due.failures, _LONGEST_PAUSE_SECONDS)
    return now + pause


def _do(due: Deletion | Cleanup, now: int) -> str:
    if isinstance(due, Cleanup):
        _clean_up(due, now)
        return "passed"
    if due.status == State.PENDING:
        return "lapsed" if deletion_items.lapse(due, now) else "passed"
    if due.status == State.CONFIRMED and now < (due.deletion_scheduled_at or 0):
        return "reminded" if _remind(due) else "passed"
    return "completed" if deletion_items.postpone(due, _again_at(due, now)) and erasure.erase(due, now) else "passed"


def _clean_up(due: Cleanup, now: int) -> None:
    """Remove the sessions of somebody whose account was taken over. They have ended, and are shown nowhere."""
    if cleanup_items.begin(due, _again_at(due, now)):
        erasure.erase_sessions(due.customer_id, below_epoch=due.below_epoch)
        cleanup_items.finish(due)


def _remind(due: Deletion) -> bool:
    """Remind of the request, if it still is its customer's."""
    customer = customer_items.find(due.customer_id)
    if customer is None or not erasure.is_current(due, customer):
        erasure.let_go(due, customer)
        return False
    told = erasure.told(Kind.DELETION_REMINDER, customer, due, at=due.deletion_scheduled_at)
    return erasure.transacted([deletion_items.remind(due), *told])
