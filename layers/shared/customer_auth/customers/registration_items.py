"""Registrations, in the customers table: an address registered with a password, before there is a customer.

| attribute | holds |
|---|---|
| pk | registration#reg_… |
| address | the address, as it was parsed |
| password_hash | of the password registered with it |
| customer_id | the customer it was used for, once it has been |
| created_at | when it was registered |
| expires_at | TTL: when it lapses; one verified by a reset does not |
"""

from typing import NamedTuple

from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings
from customer_auth.customers import customers


class Registration(NamedTuple):
    """An address and the password registered with it. Times in epoch seconds."""

    id: str
    address: Address
    password_hash: str
    created_at: int
    expires_at: int | None = None
    customer_id: str | None = None


def key(registration_id: str) -> tuple[str, Item]:
    """Table and key of the registration, for a batch read."""
    return settings.resources().customers_table, {"pk": keys.registration(registration_id)}


def from_item(item: Item | None) -> Registration | None:
    """The registration stored in a raw item, unless it has lapsed."""
    if not item or item.get("expires_at", clock.now() + 1) <= clock.now():
        return None
    channel, _, spelling, _ = item["address"]
    fields = {name: item[name] for name in Registration._fields if name in item}
    return Registration(**fields | {"address": customers.address_of(Channel(channel), spelling)})


def put_new(registration: Registration) -> Write:
    """Creates the registration, whose id must be new."""
    table, item_key = key(registration.id)
    fields = {name: value for name, value in registration._asdict().items() if value is not None}
    item = item_key | fields | {"address": list(registration.address)}
    return dynamodb.put(table, item, where="attribute_not_exists(#pk)")


def mark_used(registration: Registration, customer_id: str) -> Write:
    """Part of a transaction: uses the registration for its one customer."""
    # no reset has set another password · it has not been used
    where = "#password_hash = :password_hash AND attribute_not_exists(#customer_id)"
    lapses_at = clock.now() + customers.LAPSE_AFTER_SECONDS  # its purpose is fulfilled
    values = {":password_hash": registration.password_hash, ":customer_id": customer_id, ":lapses_at": lapses_at}
    return dynamodb.update(*key(registration.id), "SET #customer_id = :customer_id, #expires_at = :lapses_at", where, values)


def renumber(registration_id: str, stored: list[str], address: Address) -> Write:
    """Part of a transaction: rewrites a registration's number in the form of today's numbering plan, if it is still the one read."""
    today = list(address._replace(spelling=address.value))
    return dynamodb.update(*key(registration_id), "SET #address = :today", "#address = :stored", {":today": today, ":stored": stored})


def set_password(registration_id: str, password_hash: str) -> Write:
    """Part of a transaction: gives a verified registration that has no customer another password; it does not lapse any more."""
    # the registration is there · it has not been used
    where = "attribute_exists(#pk) AND attribute_not_exists(#customer_id)"
    sets = "SET #password_hash = :password_hash REMOVE #expires_at"
    return dynamodb.update(*key(registration_id), sets, where, {":password_hash": password_hash})
