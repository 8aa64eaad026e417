"""The providers by which a customer signs in, in the customer's item (see `customer_items`): linked and unlinked."""

from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock
from customer_auth.customers.customer_conditions import (
    COUNTS_SESSION,
    HAS_ROOM,
    SAME_EPOCH_AND_STATUS,
    epoch_and_status,
    same_ways_in,
    session_values,
)
from customer_auth.customers.customer_items import key
from customer_auth.customers.customers import Customer


def link(customer: Customer, accounts: dict[str, str]) -> Write:
    """Part of a transaction: the customer signs in by these accounts too, and begins a session with it.

    Fails if a way in, the status or the session epoch has changed since the customer was read.
    """
    has_same_ways_in, values = same_ways_in(customer)
    where = f"{SAME_EPOCH_AND_STATUS} AND {HAS_ROOM} AND {has_same_ways_in}"
    values |= epoch_and_status(customer) | session_values(customer) | {":new_accounts": accounts, ":now": clock.now()}
    sets = f"SET #provider_accounts = :new_accounts, #updated_at = :now, {COUNTS_SESSION}"
    return dynamodb.update(*key(customer.id), f"{sets} REMOVE #expires_at", where, values)


def unlink(customer: Customer, accounts: dict[str, str], *, forgets_names: bool) -> Write:
    """Part of a transaction: the customer signs in by these accounts alone from now on; with `forgets_names`, the names go too.

    Fails if another way in has changed since the customer was read: of two that are removed at once, the second may be the last.
    """
    has_same_ways_in, values = same_ways_in(customer)
    # session epoch and status are as read · so are the accounts, and the addresses that are ways in
    where = f"{SAME_EPOCH_AND_STATUS} AND {has_same_ways_in}"
    values |= epoch_and_status(customer) | {":now": clock.now()} | ({":left": accounts} if accounts else {})
    sets = "SET #updated_at = :now" + (", #provider_accounts = :left" if accounts else "")
    removed = [*(["#first_name", "#last_name"] if forgets_names else []), *([] if accounts else ["#provider_accounts"])]
    return dynamodb.update(*key(customer.id), f"{sets} REMOVE {', '.join(removed)}" if removed else sets, where, values)
