"""Addresses, in the customers table: one item an address, which is its uniqueness itself.

A proven address identifies its customer. One that is merely claimed identifies nobody: its item names the newest registration, whose
password may be tried.

| attribute | holds |
|---|---|
| pk | identity#…, a keyed hash of the address |
| channel, spelling | what to show and where to send |
| proven_at | when it was proven; a claimed one has none |
| customer_id | whose it is, or whose claim; none while a registration has no customer |
| registration | the registration that the address came by, where it came by one |
| held | whether the claim had a session, so that nobody registers over it |
| password_hash | the customer's or registration's own, and never another |
| revision | another with every change that ends resets |
| expires_at | TTL of a claim |
"""

import secrets
from typing import NamedTuple

from customer_auth import clock, settings
from customer_auth.address import Address
from customer_auth.customers import Customer
from customer_auth.tables import dynamodb, keys
from customer_auth.tables.dynamodb import Item, Write

_IS_OF = "attribute_exists(#proven_at) AND #customer_id = :customer_id"


class Identity(NamedTuple):
    """What is known of an address."""

    spelling: str
    revision: str
    proven_at: int | None = None
    customer_id: str | None = None
    registration: str | None = None
    held: bool = False
    password_hash: str | None = None
    expires_at: int | None = None

    @property
    def owner(self) -> str | None:
        """The customer who has proven the address."""
        return self.customer_id if self.proven_at else None

    @property
    def is_taken(self) -> bool:
        """Whether nobody may register it any more."""
        return bool(self.proven_at) or self.held


def key(address_key: str) -> tuple[str, Item]:
    """Where the address's item lies, for a batch."""
    return settings.places().customers_table, {"pk": keys.identity(address_key)}


def identity(item: Item | None) -> Identity | None:
    """What a raw item tells; a claim that has lapsed is none."""
    if not item or item.get("expires_at", clock.now() + 1) <= clock.now():
        return None
    return Identity(**{name: item[name] for name in Identity._fields if name in item})


def find(address_key: str) -> Identity | None:
    """What is known of an address. Raises: aws.Failed."""
    return identity(dynamodb.get(*key(address_key)))


def prove(proven: Address, customer: Customer, read: Identity | None, *, registration: str | None = None) -> Write:
    """The part of a transaction that makes the address this customer's, if it still is as it was read."""
    fields = {
        "proven_at": clock.now(),
        "customer_id": customer.id,
        "registration": registration,
        "password_hash": customer.password_hash,
    }
    return dynamodb.put(*_item(proven, fields), *_as_read(read))


def prove_registration(proven: Address, read: Identity, password_hash: str) -> Write:
    """The part of a transaction that proves the address of a registration without a customer, with its new password."""
    fields = {"proven_at": clock.now(), "registration": read.registration, "password_hash": password_hash}
    return dynamodb.put(*_item(proven, fields), *_as_read(read))


def claim(claimed: Address, registration: str, password_hash: str, customer: Customer | None, *, expires_at: int | None) -> Write:
    """The write that makes this the address's newest claim, unless the address is taken. Without `expires_at` it holds the address."""
    fields = {
        "customer_id": customer.id if customer else None,
        "registration": registration,
        "held": expires_at is None or None,
        "password_hash": password_hash,
        "expires_at": expires_at,
    }
    return dynamodb.put(*_item(claimed, fields), "attribute_not_exists(#proven_at) AND attribute_not_exists(#held)")


def change(address: Address, read: Identity, password_hash: str) -> Write:
    """The part of a transaction that gives the address its customer's new password and ends resets, if it is as it was read."""
    where, as_read = _as_read(read)
    fields: Item = {"password_hash": password_hash, "revision": _revision()}
    assignments = ", ".join(f"#{name} = :new_{name}" for name in fields)
    values = {f":new_{name}": value for name, value in fields.items()} | as_read
    return dynamodb.update(*key(address.key), f"SET {assignments}", where, values)


def rehash(address: Address, read: Identity, password_hash: str) -> Write:
    """The part of a transaction that keeps the same password by another hash, if the address is as it was read."""
    where, as_read = _as_read(read)
    return dynamodb.update(*key(address.key), "SET #password_hash = :anew", where, {":anew": password_hash} | as_read)


def end_resets(proven: Address, customer_id: str) -> Write:
    """The part of a transaction that ends the resets to an address that its customer keeps, if it is still theirs."""
    return dynamodb.update(*key(proven.key), "SET #revision = :revision", _IS_OF, {":revision": _revision(), ":customer_id": customer_id})


def release(proven: Address, customer_id: str) -> Write:
    """The part of a transaction after which the customer's address is nobody's, if it is still theirs."""
    return dynamodb.remove(*key(proven.key), _IS_OF, {":customer_id": customer_id})


def erase(address: Address, customer_id: str) -> Write:
    """The part of a transaction after which the address is nobody's, if it is this customer's, proven or claimed."""
    return dynamodb.remove(*key(address.key), "#customer_id = :customer_id", {":customer_id": customer_id})


def drop(claimed: Address, read: Identity) -> Write:
    """The part of a transaction after which nobody claims the address, if the claim is as it was read."""
    return dynamodb.remove(*key(claimed.key), *_as_read(read))


def is_of(proven: Address, customer_id: str) -> Write:
    """The part of a transaction that insists that the address is still this customer's."""
    return dynamodb.check(*key(proven.key), _IS_OF, {":customer_id": customer_id})


def tried(address: Address, read: Identity) -> Write:
    """The part of a transaction that insists on the customer and the password that were compared. A claim's first session holds it."""
    where = "#customer_id = :customer_id AND #password_hash = :password_hash"
    values: Item = {":customer_id": read.customer_id, ":password_hash": read.password_hash}
    if read.is_taken:
        return dynamodb.check(*key(address.key), where, values)
    return dynamodb.update(*key(address.key), "SET #held = :held REMOVE #expires_at", where, values | {":held": True})


def _item(address: Address, fields: Item) -> tuple[str, Item]:
    table, place = key(address.key)
    known: Item = {"channel": str(address.channel), "spelling": address.spelling, "revision": _revision()}
    return table, place | known | {name: value for name, value in fields.items() if value is not None}


def _as_read(read: Identity | None) -> tuple[str, Item]:
    if read is None:  # nothing, or a claim that has lapsed and that TTL has not removed yet
        return "attribute_not_exists(#pk) OR #expires_at <= :lapsed", {":lapsed": clock.now()}
    return "#revision = :revision", {":revision": read.revision}


def _revision() -> str:
    return secrets.token_hex(8)
