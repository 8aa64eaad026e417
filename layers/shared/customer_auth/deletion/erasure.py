"""Erasing an account: every trace of it, once, however often and brokenly it runs.

First the request and the customer are marked in one transaction, from which on nothing is cancelled and which notes what there is to
erase. Then everything that is not the account itself goes, a page at a time, then in one last transaction the account; the request keeps
a signed receipt. Whatever stopped in between is done to its end by a later run. Nothing goes that hangs on an address which the customer
merely gave: it may be somebody else's.
"""

from itertools import batched

from customer_auth.addresses.address import Channel
from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Write
from customer_auth.aws.keys import Lane
from customer_auth.base import clock, settings
from customer_auth.customers import customer_items, identity_items, referral_items, registration_items
from customer_auth.customers.customers import Customer, Status
from customer_auth.deletion import deletion_items, receipts
from customer_auth.deletion.deletion_items import Deletion, State
from customer_auth.messaging import notification_items
from customer_auth.messaging.kinds import Kind
from customer_auth.otp import code_items
from customer_auth.passwords import password_attempt_items
from customer_auth.sessions import session_items

_IN_A_TRANSACTION = 50
_ROUNDS = 3


def is_current(due: Deletion, customer: Customer) -> bool:
    """Whether the customer is to go by this very request."""
    return customer.deletion == due.id and customer.status in (Status.DELETION_CONFIRMED, Status.ERASING)


def erase(due: Deletion, now: int) -> bool:
    """Erase one account; False where it is not due any more, or another run has done it."""
    customer = customer_items.find(due.customer_id)
    if customer is None or not is_current(due, customer):
        return let_go(due, customer)
    erased = due.erased or _to_erase(customer)
    if due.status == State.CONFIRMED and not transacted([deletion_items.erase(due, erased, now), customer_items.begin_erasure(customer)]):
        return False
    erase_sessions(customer.id)
    for some in batched(customer.deletions or (), _IN_A_TRANSACTION, strict=False):
        dynamodb.transact([deletion_items.forget_reason(each) for each in some])
    return _end(due, customer, erased)


def _to_erase(customer: Customer) -> dict[str, int]:
    """How much there is to erase, noted before anything goes: the receipt says the same however often the rest is interrupted."""
    return {
        "customer": 1,
        "identities": len(_identities(customer)),
        "sessions": sum(len(page) for page in session_items.keys_of(customer.id)),
        "codes": len(customer.verified_addresses) * len(Lane),
        "registrations": 1 if customer.registration else 0,
        "referral_code": 1,
    }


def erase_sessions(customer_id: str, *, below_epoch: int | None = None) -> None:
    """Page by page, so that however many there are, few are held."""
    for page in session_items.keys_of(customer_id, below_epoch=below_epoch):
        dynamodb.batch_delete(page)


def let_go(due: Deletion, customer: Customer | None) -> bool:
    """End a request whose customer is gone, or became the owner's of the address, who has asked for nothing.

    One that is not begun is cancelled. One that is begun is completed, for its account is no more; answers whether it was.
    """
    here = deletion_items.find(due.id)  # the index lags, so it may have ended
    if here and here.status == State.CONFIRMED:
        transacted([deletion_items.cancel(due.id), deletion_items.count(due.id, confirmed=-1, cancelled=1)])
    if here is None or here.status != State.ERASING:
        return False
    erase_sessions(here.customer_id, below_epoch=customer.session_epoch if customer else None)
    completed_at = clock.now()
    receipt = receipts.issue(here, here.erased or {}, completed_at)
    gone = customer_items.is_not_of(here.customer_id, here.id)
    return transacted(
        [deletion_items.complete(here, receipt, completed_at), gone, deletion_items.count(here.id, confirmed=-1, completed=1)]
    )


def _identities(customer: Customer) -> list[str]:
    """Under which keys the customer's addresses lie: those that are theirs, and those merely given where the newest registration is theirs.

    A verified one lies under its only key, or is read where it has several.
    """
    sure = [address.key for address in customer.verified_addresses if not address.former_keys]
    unsure = [address for address in customer.verified_addresses if address.former_keys] + customer.unverified_addresses
    found = identity_items.find_all(unsure).values()
    return [*sure, *(identity.lies_at for identity in found if identity.customer_id == customer.id)]


def _end(due: Deletion, customer: Customer, erased: dict[str, int]) -> bool:
    """The account goes; where somebody claims or proves one of its unverified addresses meanwhile, without that."""
    for _ in range(_ROUNDS - 1):
        try:
            return transacted(_last_writes(due, customer, erased))
        except dynamodb.TransactionFailed:
            continue
    return transacted(_last_writes(due, customer, erased))


def _last_writes(due: Deletion, customer: Customer, erased: dict[str, int]) -> list[Write]:
    """The last transaction: the account goes, its addresses are free, the request is completed with its receipt, and its customer told."""
    completed_at = clock.now()
    receipt = receipts.issue(due, erased, completed_at)
    return [
        deletion_items.complete(due, receipt, completed_at),
        customer_items.erase(customer),
        *(identity_items.erase(each, customer.id) for each in _identities(customer)),
        *(write for each in customer.verified_addresses for write in code_items.erase(each, completed_at)),
        password_attempt_items.delete(customer.id),
        *([dynamodb.delete(*registration_items.key(customer.registration))] if customer.registration else ()),
        referral_items.erase(customer),
        deletion_items.count(due.id, confirmed=-1, completed=1),
        *told(Kind.DELETION_COMPLETED, customer, due),
    ]


def told(kind: Kind, customer: Customer, due: Deletion, *, at: int | None = None) -> list[Write]:
    """What tells the customer of the deletion, if an address is verified; `at` is the second that the message speaks of."""
    address = customer.proven(prefer=Channel(settings.service().deletion_channel))
    if address is None:
        return []
    return [notification_items.put_new(kind, address, due.locale, fallback=customer.verified_beside(address), at=at)]


def transacted(writes: list[Write]) -> bool:
    """Whether this run did it, rather than another, or nobody because the request was cancelled."""
    try:
        dynamodb.transact(writes)
    except dynamodb.TransactionFailed as failed:
        if failed.items[0] is None:
            raise  # the request is as it was read, so something else is wrong
        return False
    return True
