"""The addresses of a customer, in the customer's item (see `customer_items`): verified, renumbered, removed."""

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock
from customer_auth.customers.customer_conditions import (
    COUNTS_SESSION,
    HAS_ROOM,
    SAME_EPOCH_AND_STATUS,
    epoch_and_status,
    same_consents,
    same_password,
    session_values,
)
from customer_auth.customers.customer_items import key
from customer_auth.customers.customers import Customer


def verify(customer: Customer, unverified: Address, *, begins_session: bool) -> Write:
    """Part of a transaction: marks an unverified address as verified, if the customer still has it, with the same password and consents.

    With `begins_session` it also counts the session that begins with it.
    """
    channel, (has_same_password, values) = unverified.channel, same_password(customer)
    has_same_consents, consent_values = same_consents(customer)
    # session epoch and status are as read · the address is still the customer's · so is the password, which the address's item will copy
    # · no consent has been withdrawn, so those that are posted now hold
    where = f"{SAME_EPOCH_AND_STATUS} AND #{channel} = :spelling AND {has_same_password} AND {has_same_consents}"
    values |= consent_values | epoch_and_status(customer) | {":spelling": unverified.spelling, ":true": True, ":now": clock.now()}
    sets = f"SET #{channel}_verified = :true, #updated_at = :now"
    if begins_session:
        sets, where, values = f"{sets}, {COUNTS_SESSION}", f"{where} AND {HAS_ROOM}", values | session_values(customer)
    return dynamodb.update(*key(customer.id), f"{sets} REMOVE #expires_at", where, values)


def renumber(customer: Customer, address: Address) -> Write:
    """Part of a transaction: rewrites the customer's number in the form of today's numbering plan."""
    # it is still the number that was read · it has been neither verified nor replaced by an unverified one
    where = "#phone = :spelling AND #phone_verified = :verified"
    values = {":spelling": customer.phone, ":verified": customer.phone_verified, ":today": address.value, ":now": clock.now()}
    return dynamodb.update(*key(customer.id), "SET #phone = :today, #updated_at = :now", where, values)


def remove_unverified(customer: Customer, unverified: Address) -> Write:
    """Part of a transaction: removes an unverified address from a customer who keeps everything else."""
    channel = unverified.channel
    # the customer still has the address · it has not been verified meanwhile
    where = f"#{channel} = :spelling AND #{channel}_verified = :false"
    values = {":spelling": unverified.spelling, ":false": False, ":now": clock.now()}
    return dynamodb.update(*key(customer.id), f"SET #updated_at = :now REMOVE #{channel}", where, values)
