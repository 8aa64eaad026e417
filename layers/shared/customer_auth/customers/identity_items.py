"""Addresses, in the customers table: one item an address, which is its uniqueness itself.

A proven address identifies its customer. One that is merely unverified identifies nobody: its item names the newest registration, whose
password may be tried.

A number whose numbering plan has changed may still lie under its former key, until `make renumber` moves it. So all of an address's keys
are read at once, an item is changed where it lies, a new one is made under today's key, and whatever gives an address to somebody
condition_checks that nobody has proven it under another of its keys.

| attribute | holds |
|---|---|
| pk | identity#…, a keyed hash of the address |
| channel, spelling | what to show and where to send |
| proven_at | when it was proven; an unverified one has none |
| customer_id | whose it is, or whose claim; none while a registration has no customer |
| registration | the registration that the address came by, where it came by one |
| held | whether the claim had a session, so that nobody registers over it |
| password_hash | the customer's or registration's own, and never another |
| revision | another with every change that ends resets |
| moved_at | nothing else but this and its end: what lay here has just been moved to today's key |
| expires_at | TTL of a claim |
"""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings
from customer_auth.customers.customers import Customer

_IS_OF = "attribute_exists(#proven_at) AND #customer_id = :customer_id"
_UNPROVEN = "attribute_not_exists(#proven_at)"
# For longer than any batch read takes.
_MOVED_SECONDS = clock.MINUTE
_FREE = f"{_UNPROVEN} AND attribute_not_exists(#held)"


class Identity(NamedTuple):
    """What is known of an address; `lies_at` is the one of its keys under which it lies."""

    lies_at: str
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
    """Where what is stored under this key of an address lies."""
    return settings.resources().customers_table, {"pk": keys.identity(address_key)}


def keys_of(address: Address) -> list[tuple[str, Item]]:
    """Where the address's item may lie, for a batch."""
    return [key(each) for each in address.keys]


def identity(address: Address, items: Sequence[Item | None]) -> Identity | None:
    """What the raw items at these places tell: of several a proven one counts, then the one of today's key. A claim that lapsed is none.

    A batch is no snapshot: where it saw today's key before a move and the former one after it, it is read again.
    Raises: Unavailable, aws.Failed, in that case.
    """
    here = _living(address, items)
    if here and all("moved_at" in item for item in here.values()):
        here = _living(address, dynamodb.batch_get(keys_of(address)))
    found = [_identity(each, item) for each, item in here.items() if "moved_at" not in item]
    return next((each for each in found if each.proven_at), None) or next(iter(found), None)


def by_key(address: Address, items: Sequence[Item | None]) -> dict[str, Identity]:
    """All that the raw items at these places tell, each by its key, today's first."""
    return {each: _identity(each, item) for each, item in _living(address, items).items() if "moved_at" not in item}


def _living(address: Address, items: Sequence[Item | None]) -> dict[str, Item]:
    """The items that have not lapsed, by their keys, today's first."""
    now = clock.now()
    return {each: item for each, item in zip(address.keys, items, strict=True) if item and item.get("expires_at", now + 1) > now}


def _identity(address_key: str, item: Item) -> Identity:
    fields = {name: item[name] for name in Identity._fields if name in item}
    return Identity(**fields | {"lies_at": address_key})


def find(address: Address) -> Identity | None:
    """What is known of an address, in one read. Raises: Unavailable, aws.Failed."""
    return identity(address, dynamodb.batch_get(keys_of(address)))


def find_all(addresses: Sequence[Address]) -> dict[Address, Identity]:
    """What is known of these addresses, in one read. Raises: Unavailable, aws.Failed."""
    wanted = [keys_of(address) for address in addresses]
    items = iter(dynamodb.batch_get([place for each in wanted for place in each]) if wanted else [])
    found = {address: identity(address, [next(items) for _ in each]) for address, each in zip(addresses, wanted, strict=True)}
    return {address: known for address, known in found.items() if known}


def prove(proven: Address, customer: Customer, read: Identity | None, *, registration: str | None = None) -> list[Write]:
    """The parts of a transaction that make the address this customer's, if it still is as it was read; first that of the item itself."""
    fields = {
        "proven_at": clock.now(),
        "customer_id": customer.id,
        "registration": registration,
        "password_hash": customer.password_hash,
    }
    return [dynamodb.put(*_item(proven, read, fields), *_as_read(read)), *_nobody_elsewhere(proven, read)]


def prove_registration(proven: Address, read: Identity, password_hash: str) -> list[Write]:
    """The parts of a transaction that prove the address of a registration without a customer, with its new password."""
    fields = {"proven_at": clock.now(), "registration": read.registration, "password_hash": password_hash}
    return [dynamodb.put(*_item(proven, read, fields), *_as_read(read)), *_nobody_elsewhere(proven, read)]


def put_unverified(
    unverified: Address, registration: str, password_hash: str, customer: Customer | None, *, expires_at: int | None
) -> list[Write]:
    """The writes that make this the address's newest claim, unless the address is taken. Without `expires_at` it holds the address."""
    fields = {
        "customer_id": customer.id if customer else None,
        "registration": registration,
        "held": expires_at is None or None,
        "password_hash": password_hash,
        "expires_at": expires_at,
    }
    nobody_has_it = [dynamodb.condition_check(*key(each), _FREE, {}) for each in unverified.former_keys]
    return [dynamodb.put(*_item(unverified, None, fields), _FREE), *nobody_has_it]


def change(read: Identity, password_hash: str) -> Write:
    """The part of a transaction that gives the address its customer's new password and ends resets, if it is as it was read."""
    where, as_read = _as_read(read)
    fields: Item = {"password_hash": password_hash, "revision": _revision()}
    assignments = ", ".join(f"#{name} = :new_{name}" for name in fields)
    values = {f":new_{name}": value for name, value in fields.items()} | as_read
    return dynamodb.update(*key(read.lies_at), f"SET {assignments}", where, values)


def rehash(read: Identity, password_hash: str) -> Write:
    """The part of a transaction that keeps the same password by another hash, if the address is as it was read."""
    where, as_read = _as_read(read)
    return dynamodb.update(*key(read.lies_at), "SET #password_hash = :anew", where, {":anew": password_hash} | as_read)


def end_resets(read: Identity) -> Write:
    """The part of a transaction that ends the resets to an address that its customer keeps, if it is still theirs."""
    values: Item = {":revision": _revision(), ":customer_id": read.customer_id}
    return dynamodb.update(*key(read.lies_at), "SET #revision = :revision", _IS_OF, values)


def release(read: Identity) -> Write:
    """The part of a transaction after which the customer's address is nobody's, if it is still theirs."""
    return dynamodb.delete(*key(read.lies_at), _IS_OF, {":customer_id": read.customer_id})


def erase(address_key: str, customer_id: str) -> Write:
    """The part of a transaction after which the address that lies there is nobody's, if it is this customer's, proven or unverified."""
    return dynamodb.delete(*key(address_key), "#customer_id = :customer_id", {":customer_id": customer_id})


def drop(read: Identity) -> Write:
    """The part of a transaction after which nobody claims the address, if the claim is as it was read."""
    return dynamodb.delete(*key(read.lies_at), *_as_read(read))


def is_of(read: Identity) -> Write:
    """The part of a transaction that condition_checks that the address is still its owner's."""
    return dynamodb.condition_check(*key(read.lies_at), _IS_OF, {":customer_id": read.customer_id})


def tried(read: Identity) -> Write:
    """The part of a transaction that insists on the customer and the password that were compared. A claim's first session holds it."""
    where = "#customer_id = :customer_id AND #password_hash = :password_hash"
    values: Item = {":customer_id": read.customer_id, ":password_hash": read.password_hash}
    if read.is_taken:
        return dynamodb.condition_check(*key(read.lies_at), where, values)
    return dynamodb.update(*key(read.lies_at), "SET #held = :held REMOVE #expires_at", where, values | {":held": True})


def move(address: Address, read: Identity) -> list[Write]:
    """The parts of a transaction that move what lies under a former key to today's, with a new revision, if it is as it was read.

    What lies under today's key gives way if it lapsed, or is a claim where this one is proven: the first proof wins.
    """
    fields = {name: value for name, value in read._asdict().items() if name not in ("lies_at", "spelling", "revision", "held")}
    where, values = (_UNPROVEN, {}) if read.proven_at else _as_read(None)
    put = dynamodb.put(*_item(address, None, fields | {"held": read.held or None}), where, values)
    table, former = key(read.lies_at)
    moved = {"channel": str(address.channel), "moved_at": clock.now(), "expires_at": clock.now() + _MOVED_SECONDS}
    return [put, dynamodb.put(table, former | moved, *_as_read(read))]


def _nobody_elsewhere(address: Address, read: Identity | None) -> list[Write]:
    """The parts of a transaction that insist that nobody has proven the address under another of its keys."""
    others = [each for each in address.keys if each != (read.lies_at if read else address.key)]
    return [dynamodb.condition_check(*key(each), _UNPROVEN, {}) for each in others]


def _item(address: Address, read: Identity | None, fields: Item) -> tuple[str, Item]:
    table, place = key(read.lies_at if read else address.key)
    known: Item = {"channel": str(address.channel), "spelling": address.destination, "revision": _revision()}
    return table, place | known | {name: value for name, value in fields.items() if value is not None}


def _as_read(read: Identity | None) -> tuple[str, Item]:
    if read is None:  # nothing, or a claim that has lapsed and that TTL has not removed yet
        return "attribute_not_exists(#pk) OR #expires_at <= :lapsed", {":lapsed": clock.now()}
    return "#revision = :revision", {":revision": read.revision}


def _revision() -> str:
    return secrets.token_hex(8)
