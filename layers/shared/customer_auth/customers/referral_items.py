"""Referral codes, in the customers table: whose a code is, and who referred that customer.

| attribute | holds |
|---|---|
| pk | referral#…, the code itself |
| customer_id | whose code it is |
| referrers | who referred that customer, who referred that one, and so on |
| expires_at | TTL, where the customer lapses |
"""

from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import settings
from customer_auth.customers.customers import Customer


def key(code: str) -> tuple[str, Item]:
    """Where the code lies, for a batch."""
    return settings.resources().customers_table, {"pk": keys.referral(code)}


def put(owner: Customer) -> Write:
    """The part of a transaction that makes the customer's code known, if it is nobody else's."""
    table, place = key(owner.referral_code)
    item = place | {"customer_id": owner.id, "referrers": owner.referrers}
    item |= {"expires_at": owner.expires_at} if owner.expires_at else {}
    return dynamodb.put(table, item, "attribute_not_exists(#pk) OR #customer_id = :customer_id", {":customer_id": owner.id})


def erase(owner: Customer) -> Write:
    """The part of a transaction after which nobody knows the customer's code."""
    where = "attribute_not_exists(#pk) OR #customer_id = :customer_id"
    return dynamodb.delete(*key(owner.referral_code), where, {":customer_id": owner.id})
