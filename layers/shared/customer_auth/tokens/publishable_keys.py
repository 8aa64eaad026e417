"""Publishable keys: some endpoints that need no token, like the look-up of a phone number, require one from the storefront that calls.

A key is visible in the storefront's pages, so it keeps out nobody who wants in. It identifies the storefront, restricts browsers to its
origins, and can be revoked.
"""

import secrets

from customer_auth.base import clock
from customer_auth.base.errors import NoPublishableKey, NotAllowed
from customer_auth.tokens import publishable_key_items
from customer_auth.tokens.publishable_key_items import PublishableKey

HEADER = "x-publishable-api-key"
PREFIX = "pk_"
_MAX_LENGTH = 128
# How long a container accepts a key without looking it up again.
_CACHE_SECONDS = 60

_cache: dict[str, tuple[int, PublishableKey]] = {}


def check(key: str | None, origin: str | None) -> None:
    """Refuse a caller without a known key, or with an `Origin` header that the key does not allow. Apps and servers send no origin.

    Raises: NoPublishableKey, NotAllowed, aws.Failed.
    """
    if not key or len(key) > _MAX_LENGTH:
        raise NoPublishableKey
    cached_at, publishable_key = _cache.get(key, (0, None))
    if publishable_key is None or clock.now() - cached_at >= _CACHE_SECONDS:
        publishable_key = publishable_key_items.find(key)
        if publishable_key is None:
            _cache.pop(key, None)
            raise NoPublishableKey
        _cache[key] = clock.now(), publishable_key
    if publishable_key.origins and origin is not None and origin not in publishable_key.origins:
        raise NotAllowed("This origin may not use this publishable key")


def create(label: str, origins: list[str], key: str | None = None) -> str:
    """Store a new key and return it. It cannot be read again, because the table holds only its hash. Raises: aws.Failed."""
    key = key or PREFIX + secrets.token_urlsafe(24)
    publishable_key_items.put_new(key, PublishableKey(label, origins, clock.now()))
    return key


def revoke(key: str) -> PublishableKey | None:
    """Revoke a key and return what was stored about it, or None. Containers may still accept it for a minute. Raises: aws.Failed."""
    publishable_key = publishable_key_items.find(key)
    if publishable_key is not None:
        publishable_key_items.delete(key)
    return publishable_key


def forget() -> None:
    """Look up every key again at its next use; for tests."""
    _cache.clear()
