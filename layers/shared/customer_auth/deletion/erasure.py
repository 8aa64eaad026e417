"""Erases an account, exactly once, however often the run is interrupted and repeated.

What stays is the completed request with its receipt, and that the devices of its addresses have ended (docs/operations.md).

One transaction marks the request and the customer as being erased and stores what there is to erase; from then on nothing can be cancelled.
Then everything beside the account itself is deleted page by page, and a last transaction deletes the account and completes the request
with a signed receipt. A later run finishes whatever an interrupted one has left. Nothing that belongs to an unverified address is deleted,
because the address may be somebody else's.
"""

from itertools import batched
from typing import assert_never

from customer_auth.aws import conflicts, dynamodb
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.aws.dynamodb import Write
from customer_auth.aws.keys import Lane
from customer_auth.base import clock
from customer_auth.consents import consent_record, posting_items
from customer_auth.customers import (
    customer_deletion_items,
    customer_items,
    identity_items,
    provider_account_items,
    referral_items,
    registration_items,
)
from customer_auth.customers.customers import Customer, Status
from customer_auth.deletion import deletion_count_items, deletion_items, deletion_notifications, provider_revocation, receipts
from customer_auth.deletion.deletion_items import Deletion, DeletionState
from customer_auth.messaging.kinds import Kind
from customer_auth.otp import code_items
from customer_auth.passwords import password_attempt_items
from customer_auth.sessions import session_items

_REASONS_PER_TRANSACTION = 50


def is_current(deletion: Deletion, customer: Customer) -> bool:
    """Whether the customer is to be deleted by this very request."""
    return customer.deletion == deletion.id and customer.status in (Status.DELETION_CONFIRMED, Status.ERASING)


def erase(deletion: Deletion, now: int) -> bool:
    """Erase one account; False if it has been cancelled, or another run has erased it. Raises: Unavailable, aws.Failed."""
    customer = customer_items.find(deletion.customer_id)
    if customer is None or not is_current(deletion, customer):
        return close_orphan(deletion, customer)
    inventory = deletion.erased or _inventory(customer)
    if deletion.status == DeletionState.CONFIRMED and not _pass_point_of_no_return(deletion, customer, inventory, now):
        return False
    erase_sessions(customer.id)
    for request_ids in batched(customer.deletions or (), _REASONS_PER_TRANSACTION, strict=False):
        dynamodb.transact([deletion_items.remove_reason(each) for each in request_ids])
    begun_at = deletion.updated_at if deletion.status == DeletionState.ERASING else now
    return _erase_account(deletion, customer, inventory | provider_revocation.revoke(customer, begun_at))


def _pass_point_of_no_return(deletion: Deletion, customer: Customer, inventory: dict[str, int], now: int) -> bool:
    """From here on nothing can be cancelled; False if it has been cancelled before, or another run has come here first."""
    return commit([deletion_items.begin_erasure(deletion, inventory, now), customer_deletion_items.begin_erasure(customer)])


def _inventory(customer: Customer) -> dict[str, int]:
    """How much there is to erase, counted before anything is deleted, so that no interruption changes what the receipt says."""
    return {
        "customer": 1,
        "identities": len(_identity_keys(customer)),
        "sessions": sum(len(page) for page in session_items.keys_of(customer.id)),
        "codes": len(customer.verified_addresses) * len(Lane),
        "registrations": 1 if customer.registration else 0,
        "referral_code": 1,
    } | ({"provider_accounts": len(customer.provider_accounts)} if customer.provider_accounts else {})


def erase_sessions(customer_id: str, *, below_epoch: int | None = None) -> None:
    """Delete the customer's sessions, or those of earlier epochs, page by page, so that memory does not grow with their number."""
    for page in session_items.keys_of(customer_id, below_epoch=below_epoch):
        dynamodb.batch_delete(page)


def close_orphan(deletion: Deletion, customer: Customer | None) -> bool:
    """End a request whose customer is gone or was taken over by the address's owner, who has not requested anything.

    It is cancelled if its erasure has not begun. If it has, the account no longer exists and the request is completed; returns whether
    it was.
    """
    current = deletion_items.find(deletion.id)  # the index lags, so the request may have ended already
    if current is None:
        return False
    match current.status:
        case DeletionState.CONFIRMED:
            commit([deletion_items.cancel(current.id), deletion_count_items.add(current.id, confirmed=-1, cancelled=1)])
            return False
        case DeletionState.ERASING:
            return _complete_orphan(current, customer)
        case DeletionState.PENDING | DeletionState.CANCELLED | DeletionState.COMPLETED:
            return False
    assert_never(current.status)


def _complete_orphan(current: Deletion, customer: Customer | None) -> bool:
    """Delete what is left of the previous account, and complete its request."""
    erase_sessions(current.customer_id, below_epoch=customer.session_epoch if customer else None)
    completed_at = clock.now()
    receipt = receipts.issue(current, current.erased or {}, completed_at)
    return commit(
        [
            deletion_items.complete(current, receipt, completed_at),
            customer_deletion_items.is_not_deleted_by(current.customer_id, current.id),
            deletion_count_items.add(current.id, confirmed=-1, completed=1),
        ]
    )


def _identity_keys(customer: Customer) -> list[str]:
    """The keys under which the customer's addresses are stored: verified ones, and unverified ones whose newest registration is theirs.

    A verified address with a single key is stored there; the others have to be read.
    """
    known = [address.key for address in customer.verified_addresses if not address.former_keys]
    unknown = [address for address in customer.verified_addresses if address.former_keys] + customer.unverified_addresses
    identities = identity_items.find_all(unknown).values()
    return [*known, *(identity.address_key for identity in identities if identity.customer_id == customer.id)]


def _erase_account(deletion: Deletion, customer: Customer, inventory: dict[str, int]) -> bool:
    """Commit the last transaction; again if somebody registers or verifies one of the unverified addresses meanwhile."""

    def decide(_: WriteConflict | None) -> bool:
        try:
            return commit(_last_writes(deletion, customer, inventory))
        except dynamodb.TransactionFailed as failed:
            raise WriteConflict(failed.items) from None

    return conflicts.retry_on_conflict(decide)


def _last_writes(deletion: Deletion, customer: Customer, inventory: dict[str, int]) -> list[Write]:
    """The last transaction: deletes the account, frees its addresses, completes the request, notifies the customer, withdraws consents."""
    completed_at = clock.now()
    receipt = receipts.issue(deletion, inventory, completed_at)
    return [
        deletion_items.complete(deletion, receipt, completed_at),
        customer_deletion_items.erase(customer),
        *(identity_items.erase(each, customer.id) for each in _identity_keys(customer)),
        *(provider_account_items.erase(each, customer.id) for each in (customer.provider_accounts or {}).values()),
        *(write for each in customer.verified_addresses for write in code_items.erase(each, completed_at)),
        password_attempt_items.delete(customer.id),
        *([dynamodb.delete(*registration_items.key(customer.registration))] if customer.registration else ()),
        referral_items.erase(customer),
        deletion_count_items.add(deletion.id, confirmed=-1, completed=1),
        *deletion_notifications.put_new(Kind.DELETION_COMPLETED, customer, deletion),
        *posting_items.put_new(consent_record.withdrawals_of(consent_record.reportable(customer))),
    ]


def commit(writes: list[Write]) -> bool:
    """Commit a transaction whose first write is the request's; False if the request has changed: another run did it, or it was cancelled.

    Raises: dynamodb.TransactionFailed (the request is as it was read, so something else is wrong), aws.Failed.
    """
    try:
        dynamodb.transact(writes)
    except dynamodb.TransactionFailed as failed:
        if failed.items[0] is None:
            raise
        return False
    return True
