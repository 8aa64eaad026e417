"""A customer's password attempts: old passwords entered to change the own one, and the changes. One item of the codes table each.

They count against the customer who is signed in, never against an address: that may be somebody else's.

| attribute | holds |
|---|---|
| pk | attempts#cus_… |
| pass0, pass1, … | the times of the last old passwords entered, newest first; a right one is taken out again |
| change0, change1, … | the times of the last changes, newest first |
| last_pass | the last of the attempts, by which a write that is repeated finds itself |
| expires_at | TTL: when the windows are empty again |
"""

from customer_auth.aws import counters, dynamodb, keys
from customer_auth.aws.counters import Counter
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, limits, settings
from customer_auth.base.errors import Throttled

_KEPT_SECONDS = clock.DAY + clock.HOUR  # longer than the longest window


def key(customer_id: str) -> tuple[str, Item]:
    """Where the customer's attempts lie."""
    return settings.resources().codes_table, {"pk": keys.password_attempts(customer_id)}


def count_attempt(customer_id: str) -> None:
    """Count an old password before it is compared. Of any number at once as many succeed as the window has room for.

    Raises: Throttled (too many attempts, or no change is left), aws.Failed (it may be counted).
    """
    also = (limits.password_changes(),)
    counters.count(Counter(*key(customer_id), limits.password_attempts(), _KEPT_SECONDS, "old_password", also))


def count_change(customer_id: str, *, attempted: bool) -> Write:
    """The part of a transaction that counts a change, if one is left; `attempted`: the right old password is taken out again."""
    window, now = limits.password_changes(), clock.now()
    assignments = f"{window.update()}, #expires_at = :expires_at"
    if attempted:
        assignments = f"{assignments}, {limits.password_attempts().shift_back()}"
    values = window.values(now) | {":expires_at": now + _KEPT_SECONDS, ":long_ago": limits.LONG_AGO}
    return dynamodb.update(*key(customer_id), f"SET {assignments}", window.condition(), values)


def throttled(item: Item) -> Throttled:
    """Why the change was not made, by what lay there."""
    return Throttled(limits.password_changes().retry_after_seconds(item, clock.now()), "password_changes")


def delete(customer_id: str) -> Write:
    """The part of a transaction after which nothing is counted: the customer has become somebody else's."""
    return dynamodb.delete(*key(customer_id))
