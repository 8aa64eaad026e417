"""The notifications of providers that were handled, in the codes table: each is handled once, however often it is delivered.

| attribute | holds |
|---|---|
| pk | event#…, the hash of the provider's name and the notification's own id |
| expires_at | TTL: when the provider's token is too old to be accepted again |
"""

from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock, settings

# Google's tokens have no end; they are accepted for a week.
_KEPT_SECONDS = 8 * clock.DAY


def put_new(provider: str, event_id: str) -> Write:
    """Part of a transaction: marks the notification as handled; fails if it is."""
    item = {"pk": keys.provider_event(f"{provider} {event_id}"), "expires_at": clock.now() + _KEPT_SECONDS}
    return dynamodb.put(settings.resources().codes_table, item, where="attribute_not_exists(#pk)")
