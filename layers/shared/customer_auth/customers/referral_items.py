"""Referral codes, in the customers table: whose each code is, and who referred that customer.

| attribute | holds |
|---|---|
| pk | referral#…, the code itself |
| customer_id | whose code it is |
| referrers | who referred that customer, who referred that referrer, and so on |
| expires_at | TTL, if the customer may lapse |
"""

from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import settings
from customer_auth.customers.customers import Customer

# the code is nobody's · or it is this customer's already
_IS_AVAILABLE = "attribute_not_exists(#pk) OR #customer_id = :customer_id"


def key(code: str) -> tuple[str, Item]:
    """Table and key of the code, for a batch read."""
    return settings.resources().customers_table, {"pk": keys.referral(code)}


def put(owner: Customer) -> Write:
    """Part of a transaction: stores the customer's code, unless it is somebody else's."""
    table, item_key = key(owner.referral_code)
    item = item_key | {"customer_id": owner.id, "referrers": owner.referrers}
    item |= {"expires_at": owner.expires_at} if owner.expires_at else {}
    return dynamodb.put(table, item, _IS_AVAILABLE, {":customer_id": owner.id})


def erase(owner: Customer) -> Write:
    """Part of a transaction: deletes the customer's code, if it is there."""
    return dynamodb.delete(*key(owner.referral_code), _IS_AVAILABLE, {":customer_id": owner.id})
