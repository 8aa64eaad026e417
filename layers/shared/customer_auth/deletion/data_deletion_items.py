"""Demands of a provider that somebody's data be deleted, in the codes table, so that a person can ask what became of one.

| attribute | holds |
|---|---|
| pk | erasure#adr_…, the id of the demand, which follows from its content |
| deletion | the deletion request that it led to; absent where the account at the provider was removed, or was nobody's |
| expires_at | TTL |
"""

from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings

_KEPT_SECONDS = 365 * clock.DAY


def find(demand_id: str) -> Item | None:
    """What is stored of a demand. Raises: aws.Failed."""
    return dynamodb.get(*_key(demand_id))


def put_new(demand_id: str, deletion_id: str | None = None) -> Write:
    """Part of a transaction: stores what the demand led to, once."""
    table, key = _key(demand_id)
    fields = {"expires_at": clock.now() + _KEPT_SECONDS} | ({"deletion": deletion_id} if deletion_id else {})
    return dynamodb.put(table, key | fields, where="attribute_not_exists(#pk)")


def _key(demand_id: str) -> tuple[str, Item]:
    return settings.resources().codes_table, {"pk": keys.data_deletion(demand_id)}
