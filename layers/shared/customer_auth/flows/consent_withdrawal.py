"""Withdrawing a consent: it is as easy as giving one, so a session is enough, however old its sign-in is."""

from customer_auth.aws import conflicts, dynamodb
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.base.errors import NotAuthenticated
from customer_auth.consents import consent_items, consent_record, posting_items
from customer_auth.consents.consents import ConsentType
from customer_auth.customers import customer_items
from customer_auth.customers.customers import Customer
from customer_auth.sessions.sessions import Caller


def withdraw(caller: Caller, consent_type: ConsentType) -> None:
    """Withdraw the caller's consent of this type. Without one that holds nothing changes, so a repeated call succeeds.

    The withdrawal is posted to the register if the consent was, in the same transaction.
    Raises: NotAuthenticated (the sessions have ended meanwhile), Unavailable, aws.Failed.
    """

    def decide(conflict: WriteConflict | None) -> None:
        customer = customer_items.from_item(conflict.items[0]) if conflict and conflict.items[0] is not None else caller.customer
        if customer is None or customer.session_epoch != caller.customer.session_epoch or not customer.may_sign_in:
            raise NotAuthenticated("session_ended")
        _withdraw(customer, consent_type)

    conflicts.retry_on_conflict(decide)


def _withdraw(customer: Customer, consent_type: ConsentType) -> None:
    """Raises: WriteConflict (its first item is the customer's), aws.Failed."""
    consent = consent_record.find_active(customer, consent_type)
    if consent is None:
        return
    withdrawal = consent.withdrawal()
    is_posted = customer.is_verified(consent_type.channel)
    try:
        dynamodb.transact([consent_items.withdraw(customer, withdrawal), *(posting_items.put_new([withdrawal]) if is_posted else ())])
    except dynamodb.TransactionFailed as failed:
        raise WriteConflict(failed.items) from None
