"""Publishable keys: by which a storefront may ask the routes that tell or start something for whoever calls.

They lie open in the storefront's pages, so they keep nobody out who wants in: they name a storefront, bind browsers to its origins, and
can be taken away.
"""

import secrets

from customer_auth.base import clock
from customer_auth.base.errors import NoPublishableKey, NotAllowed
from customer_auth.tokens import publishable_key_items
from customer_auth.tokens.publishable_key_items import PublishableKey

HEADER = "x-publishable-api-key"
PREFIX = "pk_"
_LONGEST = 128
# For so long a container goes on with a key that it has seen.
_KNOWN_SECONDS = 60

_known: dict[str, tuple[int, PublishableKey]] = {}


def check(key: str | None, origin: str | None) -> None:
    """Refuse a caller without a known key, or a page of another origin than the key's. No origin is no page: an app, a server.

    Raises: NoPublishableKey, NotAllowed, aws.Failed.
    """
    if not key or len(key) > _LONGEST:
        raise NoPublishableKey
    seen_at, found = _known.get(key, (0, None))
    if found is None or clock.now() - seen_at >= _KNOWN_SECONDS:
        found = publishable_key_items.find(key)
        if found is None:
            _known.pop(key, None)
            raise NoPublishableKey
        _known[key] = clock.now(), found
    if found.origins and origin is not None and origin not in found.origins:
        raise NotAllowed("This origin may not use this publishable key")


def create(label: str, origins: list[str], key: str | None = None) -> str:
    """A new key, told once: the table keeps its hash. Raises: aws.Failed."""
    key = key or PREFIX + secrets.token_urlsafe(24)
    publishable_key_items.put_new(key, PublishableKey(label, origins, clock.now()))
    return key


def revoke(key: str) -> PublishableKey | None:
    """The key opens nothing any more, in a container that has just seen it after a minute; None where there is none. Raises: aws.Failed."""
    found = publishable_key_items.find(key)
    if found is not None:
        publishable_key_items.delete(key)
    return found


def forget() -> None:
    """Look every key up again at its next use; for tests."""
    _known.clear()
