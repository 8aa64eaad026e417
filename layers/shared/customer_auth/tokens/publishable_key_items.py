"""Publishable keys, in the customers table: the storefronts that may call the endpoints that require a key.

| attribute | holds |
|---|---|
| pk | publishable#…, SHA-256 of the key |
| label | the operator's name for the storefront |
| origins | the web origins that may use the key; empty: any |
| created_at | when it was created |
"""

from typing import NamedTuple

from customer_auth.aws import dynamodb, keys
from customer_auth.base import settings


class PublishableKey(NamedTuple):
    """What is stored about a storefront's key, of which the table holds only the hash."""

    label: str
    origins: list[str]
    created_at: int


def find(key: str) -> PublishableKey | None:
    """What is stored about this key, or None. It is looked up by its hash, so timing does not reveal how much of a guess is right.

    Raises: aws.Failed.
    """
    item = dynamodb.get(settings.resources().customers_table, {"pk": keys.publishable_key(key)})
    return PublishableKey(**{name: item[name] for name in PublishableKey._fields}) if item else None


def delete(key: str) -> None:
    """Delete the key, whether it exists or not. Raises: aws.Failed."""
    dynamodb.write(dynamodb.delete(settings.resources().customers_table, {"pk": keys.publishable_key(key)}))


def put_new(key: str, new: PublishableKey) -> None:
    """Store a new key; an existing one stays as it is. Raises: aws.Failed."""
    item = {"pk": keys.publishable_key(key)} | new._asdict()
    dynamodb.try_write(dynamodb.put(settings.resources().customers_table, item, where="attribute_not_exists(#pk)"))
