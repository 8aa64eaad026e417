"""How many notifications one address has been sent lately: one item an address, in the codes table.

| attribute | holds |
|---|---|
| pk | notify#…, a keyed hash of the address |
| notify0, notify1, … | when the last ones were sent, newest first |
| expires_at | TTL: an hour after the window is empty again |
"""

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, limits, settings


def key(address: Address) -> tuple[str, Item]:
    """Table and key of the address's window, for a batch read."""
    return settings.resources().codes_table, {"pk": keys.notification_window(address)}


def count(address: Address) -> Write:
    """Part of a transaction: counts one more notification to this address.

    Of any number of concurrent ones, as many succeed as the window has room for.
    """
    window, now = limits.notifications(), clock.now()
    return dynamodb.update(
        *key(address),
        f"SET {window.update()}, #expires_at = :expires_at",
        where=window.condition(),  # 5 an hour, 15 a day
        values=window.values(now) | {":expires_at": now + clock.DAY + clock.HOUR},
    )
