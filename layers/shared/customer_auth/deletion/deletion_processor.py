"""The hourly run over deletion requests: erases accounts that are due, sends reminders, removes requests that nobody confirmed.

A request is postponed before its erasure begins, so that one that exhausts the function's memory or time does not block the others.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from enum import StrEnum
from itertools import batched
from typing import NamedTuple, assert_never

from customer_auth import audit
from customer_auth.aws.dynamodb import Item
from customer_auth.base import clock
from customer_auth.customers import cleanup_items, customer_items
from customer_auth.customers.cleanup_items import Cleanup
from customer_auth.deletion import deletion_due_items, deletion_items, deletion_notifications, erasure
from customer_auth.deletion.deletion_items import Deletion, DeletionState
from customer_auth.messaging.kinds import Kind

_CONCURRENCY = 8
_PAGE = 100
_MAX_PAUSE_SECONDS = clock.DAY


class RunOutcome(StrEnum):
    """What a run did about one request."""

    COMPLETED = "completed"
    REMINDED = "reminded"
    LAPSED = "lapsed"
    FAILED = "failed"
    UNCHANGED = "unchanged"  # another run has handled it, it has been cancelled, or it was a cleanup


class RunSummary(NamedTuple):
    """How many requests had which outcome; `left` says whether some that are due are left for the next run."""

    completed: int
    reminded: int
    lapsed: int
    failed: int
    left: bool


def run(now: int, has_time: Callable[[], bool]) -> RunSummary:
    """Handle everything due by `now`, oldest first, for as long as there is time. Raises: aws.Failed."""
    outcomes = Counter[RunOutcome]()
    left = False
    with ThreadPoolExecutor(_CONCURRENCY) as pool:
        for batch in _batches(now):
            if not has_time():
                left = True
                break
            futures = [pool.submit(copy_context().run, _handle, due, now) for due in batch]
            outcomes.update(future.result() for future in futures)
    return RunSummary(
        completed=outcomes[RunOutcome.COMPLETED],
        reminded=outcomes[RunOutcome.REMINDED],
        lapsed=outcomes[RunOutcome.LAPSED],
        failed=outcomes[RunOutcome.FAILED],
        left=left,
    )


def _batches(now: int) -> Iterator[tuple[Deletion | Cleanup, ...]]:
    """What is due, as many at a time as are handled concurrently."""
    for page in _pages(now):
        yield from batched(page, _CONCURRENCY, strict=False)


def _pages(now: int) -> Iterator[list[Deletion | Cleanup]]:
    """What is due, one page of every shard at a time, oldest first within it."""
    starts = dict[int, Item | None].fromkeys(range(deletion_items.SHARDS))
    page: list[Deletion | Cleanup] = [*cleanup_items.find_due(now, limit=_PAGE)]
    while starts:
        for shard, start in list(starts.items()):
            deletions, starts[shard] = deletion_due_items.find(shard, now, limit=_PAGE // deletion_items.SHARDS, after=start)
            page += deletions
            if starts[shard] is None:
                del starts[shard]
        yield sorted(page, key=lambda due: due.due_at)
        page = []


def _handle(due: Deletion | Cleanup, now: int) -> RunOutcome:
    """Handle one request. A failure does not stop the others; it is retried after a pause that grows with each failure."""
    try:
        if isinstance(due, Cleanup):
            _clean_up(due, now)
            return RunOutcome.UNCHANGED
        return _handle_deletion(due, now)
    except Exception as failure:  # noqa: BLE001 (whatever is wrong with this one, the others go on)
        audit.crash(failure)
        audit.count("undeleted")
        if isinstance(due, Deletion):
            deletion_due_items.postpone(due, _retry_at(due, now))  # no effect if it was postponed before its erasure
        return RunOutcome.FAILED


def _retry_at(due: Deletion | Cleanup, now: int) -> int:
    pause: int = min(clock.HOUR * 2**due.failures, _MAX_PAUSE_SECONDS)
    return now + pause


def _handle_deletion(due: Deletion, now: int) -> RunOutcome:
    match due.status:
        case DeletionState.PENDING:
            return RunOutcome.LAPSED if deletion_due_items.remove_lapsed(due, now) else RunOutcome.UNCHANGED
        case DeletionState.CONFIRMED if now < (due.deletion_scheduled_at or 0):
            return RunOutcome.REMINDED if _remind(due) else RunOutcome.UNCHANGED
        case DeletionState.CONFIRMED | DeletionState.ERASING:
            is_ours = deletion_due_items.postpone(due, _retry_at(due, now))
            return RunOutcome.COMPLETED if is_ours and erasure.erase(due, now) else RunOutcome.UNCHANGED
        case DeletionState.CANCELLED | DeletionState.COMPLETED:
            return RunOutcome.UNCHANGED  # these are not in the index of what is due
    assert_never(due.status)


def _clean_up(cleanup: Cleanup, now: int) -> None:
    """Remove the sessions left by a takeover. They have ended already, and are shown nowhere."""
    if cleanup_items.begin(cleanup, _retry_at(cleanup, now)):
        erasure.erase_sessions(cleanup.customer_id, below_epoch=cleanup.below_epoch)
        cleanup_items.finish(cleanup)


def _remind(due: Deletion) -> bool:
    """Send the reminder, if the request is still its customer's current one."""
    customer = customer_items.find(due.customer_id)
    if customer is None or not erasure.is_current(due, customer):
        erasure.close_orphan(due, customer)
        return False
    notifications = deletion_notifications.put_new(Kind.DELETION_REMINDER, customer, due, at=due.deletion_scheduled_at)
    return erasure.commit([deletion_items.mark_reminded(due), *notifications])
