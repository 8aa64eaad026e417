"""Erasing accounts whose deletion is due: every trace of each, once, however often and brokenly it runs.

First the request and the customer are marked in one transaction, from which on nothing is cancelled and which notes what there is to
erase. Then everything that is not the account itself goes, then in one last transaction the account; the request keeps a signed receipt.
Whatever stopped in between is done to its end by the next run.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import NamedTuple

from customer_auth import audit, clock, receipts, settings
from customer_auth.address import Address, Channel
from customer_auth.customers import Customer
from customer_auth.messaging.kinds import Kind
from customer_auth.tables import (
    code_items,
    customer_items,
    deletion_items,
    dynamodb,
    identity_items,
    keys,
    notice_items,
    referral_items,
    registration_items,
    session_items,
)
from customer_auth.tables.deletion_items import Deletion, State
from customer_auth.tables.keys import Lane

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


def _pages(now: int) -> Iterator[list[Deletion]]:
    """What is due, a page of every shard at a time."""
    starts = dict[int, dynamodb.Item | None].fromkeys(range(deletion_items.SHARDS))
    while starts:
        page: list[Deletion] = []
        for shard, start in list(starts.items()):
            found, starts[shard] = deletion_items.due(shard, now, most=_PAGE // deletion_items.SHARDS, after=start)
            page += found
            if starts[shard] is None:
                del starts[shard]
        yield sorted(page, key=lambda each: each.due_at)


def _done(due: Deletion, now: int) -> str:
    """What was done about one request; one that fails holds up no other and is looked at again later, each time after a longer pause."""
    try:
        return _do(due, now)
    except Exception as failure:  # noqa: BLE001 (whatever is wrong with this one, the others go on)
        audit.crash(failure)
        audit.count("undeleted")
        pause = min(clock.HOUR * 2**due.failures, _LONGEST_PAUSE_SECONDS)
        deletion_items.postpone(due, now + pause)
        return "failed"


def _do(due: Deletion, now: int) -> str:
    if due.status == State.PENDING:
        return "lapsed" if deletion_items.lapse(due, now) else "passed"
    if due.status == State.CONFIRMED and now < (due.deletion_scheduled_at or 0):
        return "reminded" if _remind(due) else "passed"
    return "completed" if _erase(due, now) else "passed"


def _remind(due: Deletion) -> bool:
    customer = customer_items.find(due.customer_id)
    told = _told(Kind.DELETION_REMINDER, customer, due, at=due.deletion_scheduled_at) if customer else []
    return _transacted([deletion_items.remind(due), *told])


def _erase(due: Deletion, now: int) -> bool:
    """Erase one account; False where it is not due any more, or another run has done it."""
    customer = customer_items.find(due.customer_id)
    if customer is None or customer.deletion != due.id:
        _let_go(due)
        return False
    sessions = session_items.find_all(customer.id)
    identities = _identities(customer)
    erased = due.erased or {
        "customer": 1,
        "identities": len(identities),
        "sessions": len(sessions),
        "codes": len(customer.addresses) * len(Lane),
        "registrations": 1 if customer.registration else 0,
        "referral_code": 1,
    }
    if due.status == State.CONFIRMED and not _transacted([deletion_items.erase(due, erased, now), customer_items.begin_erasure(customer)]):
        return False
    dynamodb.delete_all(
        [
            *(session_items.key(customer.id, session.family) for session in sessions),
            *(code_items.key(keys.code_item_key(address, lane)) for address in customer.addresses for lane in Lane),
            *([registration_items.key(customer.registration)] if customer.registration else ()),
        ]
    )
    return _end(due, customer, identities, erased)


def _let_go(due: Deletion) -> None:
    """The index lags, and the request has ended; or its customer became the owner's of the address, who has asked for nothing."""
    here = deletion_items.find(due.id)
    if here and here.status == State.CONFIRMED:
        _transacted([deletion_items.cancel(due.id), deletion_items.count(due.id, confirmed=-1, cancelled=1)])


def _identities(customer: Customer) -> list[Address]:
    """The addresses that are the customer's, proven or, where the newest claim is theirs, claimed."""
    claimed = [address for address in customer.addresses if not customer.is_verified(address.channel)]
    found = dynamodb.batch_get([identity_items.key(address.key) for address in claimed]) if claimed else []
    read = dict(zip((address.key for address in claimed), map(identity_items.identity, found), strict=True))
    own = {address_key for address_key, identity in read.items() if identity and identity.customer_id == customer.id}
    return [address for address in customer.addresses if customer.is_verified(address.channel) or address.key in own]


def _end(due: Deletion, customer: Customer, identities: list[Address], erased: dict[str, int]) -> bool:
    """The last transaction: the account goes, its address is free, the request is completed with its receipt, and its customer told."""
    completed_at = clock.now()
    receipt = receipts.issue(due, erased, completed_at)
    return _transacted(
        [
            deletion_items.complete(due, receipt, completed_at),
            customer_items.erase(customer),
            *(identity_items.erase(each, customer.id) for each in identities),
            referral_items.erase(customer),
            *(deletion_items.forget_reason(each) for each in customer.deletions or ()),
            deletion_items.count(due.id, confirmed=-1, completed=1),
            *_told(Kind.DELETION_COMPLETED, customer, due),
        ]
    )


def _told(kind: Kind, customer: Customer, due: Deletion, *, at: int | None = None) -> list[dynamodb.Write]:
    address = customer.proven(prefer=Channel(settings.service().deletion_channel))
    if address is None:
        return []
    return [notice_items.put_new(kind, address, due.locale, fallback=customer.verified_beside(address), at=at)]


def _transacted(writes: list[dynamodb.Write]) -> bool:
    """Whether this run did it, rather than another, or nobody because the request was cancelled."""
    try:
        dynamodb.transact(writes)
    except dynamodb.TransactionFailed as failed:
        if failed.items[0] is None:
            raise  # the request is as it was read, so something else is wrong
        return False
    return True
