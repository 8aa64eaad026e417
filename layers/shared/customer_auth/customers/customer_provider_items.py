"""The providers by which a customer signs in, in the customer's item (see `customer_items`): linked and unlinked."""

from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock
from customer_auth.customers.customer_conditions import COUNTS_SESSION, HAS_ROOM, SAME_EPOCH_AND_STATUS, epoch_and_status, session_values
from customer_auth.customers.customer_items import key
from customer_auth.customers.customers import Customer


def link(customer: Customer, accounts: dict[str, str]) -> Write:
    """Part of a transaction: the customer signs in by these accounts too, and begins a session with it.

    Fails if the customer's accounts, status or session epoch have changed since the customer was read.
    """
    has_same_accounts, values = _same_accounts(customer)
    where = f"{SAME_EPOCH_AND_STATUS} AND {HAS_ROOM} AND {has_same_accounts}"
    values |= epoch_and_status(customer) | session_values(customer) | {":accounts": accounts, ":now": clock.now()}
    sets = f"SET #provider_accounts = :accounts, #updated_at = :now, {COUNTS_SESSION}"
    return dynamodb.update(*key(customer.id), f"{sets} REMOVE #expires_at", where, values)


def unlink(customer: Customer, accounts: dict[str, str]) -> Write:
    """Part of a transaction: the customer signs in by these accounts alone from now on.

    Fails if another way in has changed since the customer was read: of two that are removed at once, the second may be the last.
    """
    has_same_accounts, values = _same_accounts(customer)
    flags = ("email_verified", "phone_verified")
    # nothing has changed since the read · the accounts are the same · and the addresses that are ways in
    where = " AND ".join([SAME_EPOCH_AND_STATUS, has_same_accounts, *(f"#{flag} = :{flag}" for flag in flags)])
    values |= epoch_and_status(customer) | {f":{flag}": getattr(customer, flag) for flag in flags} | {":now": clock.now()}
    if not accounts:
        return dynamodb.update(*key(customer.id), "SET #updated_at = :now REMOVE #provider_accounts", where, values)
    values |= {":left": accounts}
    return dynamodb.update(*key(customer.id), "SET #provider_accounts = :left, #updated_at = :now", where, values)


def _same_accounts(customer: Customer) -> tuple[str, Item]:
    """The condition that the accounts are those that were read, with its values."""
    if customer.provider_accounts is None:
        return "attribute_not_exists(#provider_accounts)", {}
    return "#provider_accounts = :old_accounts", {":old_accounts": customer.provider_accounts}
