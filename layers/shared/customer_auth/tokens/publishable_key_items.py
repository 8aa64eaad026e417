"""Publishable keys, in the customers table: which storefronts may ask the routes that want one.

| attribute | holds |
|---|---|
| pk | publishable#…, SHA-256 of the key |
| label | what the operator calls the storefront |
| origins | the web origins that may use it; empty: any |
| created_at | when |
"""

from typing import NamedTuple

from customer_auth.aws import dynamodb, keys
from customer_auth.base import settings


class PublishableKey(NamedTuple):
    """A storefront's key, of which only the hash is kept."""

    label: str
    origins: list[str]
    created_at: int


def find(key: str) -> PublishableKey | None:
    """What is known of this key, if it is one. The table finds it by its hash, so no comparison tells how much of it was right.

    Raises: aws.Failed.
    """
    item = dynamodb.get(settings.resources().customers_table, {"pk": keys.publishable_key(key)})
    return PublishableKey(**{name: item[name] for name in PublishableKey._fields}) if item else None


def delete(key: str) -> None:
    """The key is none any more, whether it was one or not. Raises: aws.Failed."""
    dynamodb.write(dynamodb.delete(settings.resources().customers_table, {"pk": keys.publishable_key(key)}))


def put_new(key: str, new: PublishableKey) -> None:
    """The key may be used from now on; one that is there already stays as it is. Raises: aws.Failed."""
    item = {"pk": keys.publishable_key(key)} | new._asdict()
    dynamodb.try_write(dynamodb.put(settings.resources().customers_table, item, where="attribute_not_exists(#pk)"))
