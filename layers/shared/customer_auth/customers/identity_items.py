"""Identities, in the customers table: one item for each address, which is also what makes the address unique.

Of two customers who prove an address at once, `put_verified` lets one commit (`unchanged`); the other finds an owner.

A verified address identifies its customer. An unverified one identifies nobody: its item names the newest registration, whose password may
be tried.

A number whose numbering plan has changed may still be stored under its former key, until `make renumber` moves it. So all keys of an
address are read together; an item is changed where it is; a new one is created under today's key; and whatever gives somebody an address
checks that nobody has verified it under another of its keys.

| attribute | holds |
|---|---|
| pk | identity#…, a keyed hash of the address |
| channel, spelling | what to show and where to send |
| proven_at | when the address was verified; absent for an unverified one |
| customer_id | the customer whose address it is, verified or not; absent while a registration has no customer |
| registration | the registration that the address came with, if any |
| held | set once an unverified address has had a session: nobody else can register it |
| password_hash | a copy of the customer's or the registration's, never another |
| revision | new whenever the address is verified or changes hands, so that one of two writers commits; a new one ends resets |
| moved_at | only this and `expires_at`: the identity has just been moved to today's key |
| expires_at | TTL of an unverified address |
"""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings
from customer_auth.customers.customers import Customer

# the address is verified · and this customer's
_IS_OWNED = "attribute_exists(#proven_at) AND #customer_id = :customer_id"
IS_UNVERIFIED = "attribute_not_exists(#proven_at)"
# the address is not verified · no session has begun with its registration
_IS_FREE = f"{IS_UNVERIFIED} AND attribute_not_exists(#held)"


class Identity(NamedTuple):
    """What is stored for an address; `address_key` is the one of its keys under which it is stored."""

    address_key: str
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
        """The customer who has verified the address."""
        return self.customer_id if self.proven_at else None

    @property
    def is_taken(self) -> bool:
        """Whether nobody else can register the address."""
        return bool(self.proven_at) or self.held


def key(address_key: str) -> tuple[str, Item]:
    """Table and key of what is stored under one key of an address."""
    return settings.resources().customers_table, {"pk": keys.identity(address_key)}


def keys_of(address: Address) -> list[tuple[str, Item]]:
    """Table and key of every place where the address may be stored, for a batch read."""
    return [key(each) for each in address.keys]


def from_items(address: Address, items: Sequence[Item | None]) -> Identity | None:
    """The identity in the raw items at `keys_of`: a verified one first, then the one under today's key; None if there is none.

    A batch read is not a snapshot. One that sees today's key before a move and the former key after it is repeated.
    Raises: Unavailable, aws.Failed (from repeating the read).
    """
    alive = _alive(address, items)
    if alive and all("moved_at" in item for item in alive.values()):
        alive = _alive(address, dynamodb.batch_get(keys_of(address)))
    identities = [_identity(each, item) for each, item in alive.items() if "moved_at" not in item]
    return next((each for each in identities if each.proven_at), None) or next(iter(identities), None)


def by_key(address: Address, items: Sequence[Item | None]) -> dict[str, Identity]:
    """Every identity in the raw items at `keys_of`, by its key, today's first."""
    return {each: _identity(each, item) for each, item in _alive(address, items).items() if "moved_at" not in item}


def _alive(address: Address, items: Sequence[Item | None]) -> dict[str, Item]:
    """The items that have not lapsed, by their keys, today's first."""
    now = clock.now()
    return {each: item for each, item in zip(address.keys, items, strict=True) if item and item.get("expires_at", now + 1) > now}


def _identity(address_key: str, item: Item) -> Identity:
    fields = {name: item[name] for name in Identity._fields if name in item}
    return Identity(**fields | {"address_key": address_key})


def find(address: Address) -> Identity | None:
    """The identity of an address, in one read. Raises: Unavailable, aws.Failed."""
    return from_items(address, dynamodb.batch_get(keys_of(address)))


def find_all(addresses: Sequence[Address]) -> dict[Address, Identity]:
    """The identities of those addresses that have one, in one read. Raises: Unavailable, aws.Failed."""
    item_keys = [keys_of(address) for address in addresses]
    items = iter(dynamodb.batch_get([item_key for each in item_keys for item_key in each]) if item_keys else [])
    identities = {address: from_items(address, [next(items) for _ in each]) for address, each in zip(addresses, item_keys, strict=True)}
    return {address: identity for address, identity in identities.items() if identity}


def put_verified(address: Address, customer: Customer, identity: Identity | None, *, registration: str | None = None) -> list[Write]:
    """Parts of a transaction: make the address this customer's, if it is unchanged since it was read. The first part is the identity's.

    An address that another customer has verified stays theirs, whatever the caller has checked.
    """
    fields = {"proven_at": clock.now(), "customer_id": customer.id, "registration": registration, "password_hash": customer.password_hash}
    where, values = unchanged(identity)
    if identity and identity.owner:
        where, values = f"{where} AND {_IS_OWNED}", values | {":customer_id": customer.id}
    return [dynamodb.put(*new_item(address, identity, fields), where, values), *_unverified_elsewhere(address, identity)]


def put_verified_registration(address: Address, identity: Identity, password_hash: str) -> list[Write]:
    """Parts of a transaction: verify the address of a registration that has no customer, with its new password."""
    fields = {"proven_at": clock.now(), "registration": identity.registration, "password_hash": password_hash}
    return [dynamodb.put(*new_item(address, identity, fields), *unchanged(identity)), *_unverified_elsewhere(address, identity)]


def put_unverified(
    address: Address, registration: str, password_hash: str, customer: Customer | None, *, expires_at: int | None
) -> list[Write]:
    """Writes that make this the address's newest registration, unless the address is taken. Without `expires_at` the address is held."""
    fields = {
        "customer_id": customer.id if customer else None,
        "registration": registration,
        "held": True if expires_at is None else None,
        "password_hash": password_hash,
        "expires_at": expires_at,
    }
    free_elsewhere = [dynamodb.condition_check(*key(each), _IS_FREE, {}) for each in address.former_keys]
    return [dynamodb.put(*new_item(address, None, fields), _IS_FREE), *free_elsewhere]


def is_still_owned(identity: Identity) -> Write:
    """Part of a transaction: checks that the address is still its owner's."""
    return dynamodb.condition_check(*key(identity.address_key), _IS_OWNED, {":customer_id": identity.customer_id})


def end_resets(identity: Identity) -> Write:
    """Part of a transaction: ends the resets sent to an address that its customer keeps, if it is still theirs."""
    values: Item = {":revision": new_revision(), ":customer_id": identity.customer_id}
    return dynamodb.update(*key(identity.address_key), "SET #revision = :revision", _IS_OWNED, values)


def release(identity: Identity) -> Write:
    """Part of a transaction: frees a verified address, if it is still its customer's."""
    return dynamodb.delete(*key(identity.address_key), _IS_OWNED, {":customer_id": identity.customer_id})


def remove_unverified(identity: Identity) -> Write:
    """Part of a transaction: frees an unverified address, if it is unchanged since it was read."""
    return dynamodb.delete(*key(identity.address_key), *unchanged(identity))


def erase(address_key: str, customer_id: str) -> Write:
    """Part of a transaction: frees the address stored under this key, verified or not, if it is this customer's."""
    return dynamodb.delete(*key(address_key), "#customer_id = :customer_id", {":customer_id": customer_id})


def new_item(address: Address, identity: Identity | None, fields: Item) -> tuple[str, Item]:
    """Table and new item of the address, with a new revision: in place of the identity that was read, otherwise under today's key."""
    table, item_key = key(identity.address_key if identity else address.key)
    base: Item = {"channel": str(address.channel), "spelling": address.destination, "revision": new_revision()}
    return table, item_key | base | {name: value for name, value in fields.items() if value is not None}


def unchanged(identity: Identity | None) -> tuple[str, Item]:
    """The condition that the address is as it was read, and its values."""
    if identity is None:  # nothing is stored · or an unverified address that has lapsed, and that TTL has not removed yet
        return "attribute_not_exists(#pk) OR #expires_at <= :now", {":now": clock.now()}
    return "#revision = :revision", {":revision": identity.revision}


def new_revision() -> str:
    """A revision that no earlier one equals."""
    return secrets.token_hex(8)


def _unverified_elsewhere(address: Address, identity: Identity | None) -> list[Write]:
    """Parts of a transaction: check that nobody has verified the address under another of its keys."""
    others = [each for each in address.keys if each != (identity.address_key if identity else address.key)]
    return [dynamodb.condition_check(*key(each), IS_UNVERIFIED, {}) for each in others]
