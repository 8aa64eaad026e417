"""Registrations, in the customers table: an address somebody gave with a password, before there is a customer.

| attribute | holds |
|---|---|
| pk | registration#reg_… |
| address | the address, as it was parsed |
| password_hash | of the password that came with it |
| customer_id | the customer that it opened, once it has |
| created_at | when |
| expires_at | TTL: when it lapses; one that a reset has proven does not |
"""

from typing import NamedTuple

from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings
from customer_auth.customers import customers


class Registration(NamedTuple):
    """An address and the password that was given with it. Times in epoch seconds."""

    id: str
    address: Address
    password_hash: str
    created_at: int
    expires_at: int | None = None
    customer_id: str | None = None


def key(registration_id: str) -> tuple[str, Item]:
    """Where the registration lies, for a batch."""
    return settings.resources().customers_table, {"pk": keys.registration(registration_id)}


def registration(item: Item | None) -> Registration | None:
    """The registration that a raw item holds, unless it has lapsed."""
    if not item or item.get("expires_at", clock.now() + 1) <= clock.now():
        return None
    channel, _, spelling, _ = item["address"]
    fields = {name: item[name] for name in Registration._fields if name in item}
    return Registration(**fields | {"address": customers.address_of(Channel(channel), spelling)})


def put_new(new: Registration) -> Write:
    """The write that keeps this registration."""
    table, place = key(new.id)
    fields = {name: value for name, value in new._asdict().items() if value is not None}
    return dynamodb.put(table, place | fields | {"address": list(new.address)}, where="attribute_not_exists(#pk)")


def open_for(read: Registration, customer_id: str) -> Write:
    """The part of a transaction by which a registration opens its one customer."""
    where = "#password_hash = :password_hash AND attribute_not_exists(#customer_id)"
    ends = clock.now() + customers.LAPSES_SECONDS  # it has done all that it was for
    values = {":password_hash": read.password_hash, ":customer_id": customer_id, ":ends": ends}
    return dynamodb.update(*key(read.id), "SET #customer_id = :customer_id, #expires_at = :ends", where, values)


def renumber(registration_id: str, stored: list[str], address: Address) -> Write:
    """The part of a transaction that writes a registration's number as today's plan has it, if it is still the one that was read."""
    today = list(address._replace(spelling=address.value))
    return dynamodb.update(*key(registration_id), "SET #address = :today", "#address = :stored", {":today": today, ":stored": stored})


def set_password(registration_id: str, password_hash: str) -> Write:
    """The part of a transaction that gives a proven registration without a customer another password; it lapses no more."""
    where = "attribute_exists(#pk) AND attribute_not_exists(#customer_id)"
    return dynamodb.update(
        *key(registration_id), "SET #password_hash = :password_hash REMOVE #expires_at", where, {":password_hash": password_hash}
    )
