"""Login identities, in the customers table: one item a proven address, which is its uniqueness itself.

| attribute | holds |
|---|---|
| pk | identity#…, a keyed hash of the address |
| customer_id | whose it is |
| channel, spelling | what to show and where to send |
| proven_at | when |
"""

from typing import NamedTuple

from customer_auth import clock, settings
from customer_auth.address import Address
from customer_auth.tables import dynamodb, keys
from customer_auth.tables.dynamodb import Item, Write


class Identity(NamedTuple):
    """A proven address and its customer."""

    customer_id: str
    spelling: str


def key(address_key: str) -> tuple[str, Item]:
    """Where the address's identity lies, for a batch."""
    return settings.places().customers_table, {"pk": keys.identity(address_key)}


def identity(item: Item | None) -> Identity | None:
    """The identity that a raw item holds."""
    return Identity(item["customer_id"], item["spelling"]) if item else None


def find(address_key: str) -> Identity | None:
    """Whose address this is, if anybody has proven it. Raises: aws.Failed."""
    return identity(dynamodb.get(*key(address_key)))


def put_new(proven: Address, customer_id: str) -> Write:
    """The part of a transaction that makes the address this customer's, if it is nobody's."""
    table, place = key(proven.key)
    item = place | {"customer_id": customer_id, "channel": str(proven.channel), "spelling": proven.spelling, "proven_at": clock.now()}
    return dynamodb.put(table, item, where="attribute_not_exists(#pk)")


def is_of(proven: Address, customer_id: str) -> Write:
    """The part of a transaction that insists that the address is still this customer's."""
    table, place = key(proven.key)
    return dynamodb.check(table, place, "#customer_id = :customer_id", {":customer_id": customer_id})
