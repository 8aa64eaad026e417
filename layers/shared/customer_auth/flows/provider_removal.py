"""Removing a provider from a customer's ways in: by the customer, or because the provider demands it."""

from customer_auth.aws import conflicts, dynamodb
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.aws.dynamodb import Write
from customer_auth.base.account_errors import LastIdentity, ReauthenticationRequired
from customer_auth.base.errors import NotAuthenticated, NotFound
from customer_auth.customers import customer_items, customer_provider_items, provider_account_items
from customer_auth.customers.customers import Customer
from customer_auth.flows import provider_changes
from customer_auth.messaging.kinds import Kind
from customer_auth.sessions import sessions
from customer_auth.sessions.sessions import Caller


def remove(caller: Caller, provider: str, locale: str) -> None:
    """Remove the provider; nobody signs in by that account any more, and the customer is notified.

    Of two ways in that are removed at once, one stays.
    Raises: ReauthenticationRequired, NotFound (they have none there), LastIdentity, NotAuthenticated, Unavailable, aws.Failed.
    """
    if not sessions.is_recent(caller.claims):
        raise ReauthenticationRequired

    def decide(conflict: WriteConflict | None) -> None:
        customer = customer_items.from_item(conflict.items[0]) if conflict and conflict.items[0] else caller.customer
        if customer is None or customer.session_epoch != caller.customer.session_epoch or not customer.may_sign_in:
            raise NotAuthenticated("session_ended")
        unlink(customer, provider, locale)

    conflicts.retry_on_conflict(decide)


def unlink(customer: Customer, provider: str, locale: str, *writes: Write, forgets_names: bool = False) -> None:
    """Remove the provider from the customer, as it was read; `writes` with it, or nothing is written. With `forgets_names`, names go too.

    Raises: NotFound, LastIdentity, WriteConflict (its first item is the customer's), aws.Failed.
    """
    accounts = customer.provider_accounts or {}
    if provider not in accounts:
        raise NotFound
    if customer.ways_in == 1:
        raise LastIdentity
    left = {name: key for name, key in accounts.items() if name != provider}
    try:
        dynamodb.transact(
            [
                customer_provider_items.unlink(customer, left, forgets_names=forgets_names),
                provider_account_items.erase(accounts[provider], customer.id),
                *provider_changes.notify(Kind.PROVIDER_REMOVED, customer, locale),
                *writes,
            ]
        )
    except dynamodb.TransactionFailed as failed:
        raise WriteConflict(failed.items) from None
