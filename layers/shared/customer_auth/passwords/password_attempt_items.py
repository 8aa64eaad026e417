"""How often a customer has entered the old password, and changed it: one item of the codes table for each customer.

Attempts count against the signed-in customer, not against an address, which may be somebody else's.

| attribute | holds |
|---|---|
| pk | attempts#cus_… |
| pass0, pass1, … | the times of the last attempts to enter the old password, newest first; a correct one is removed again |
| change0, change1, … | the times of the last changes, newest first |
| last_pass | the id of the last attempt, by which a repeated write recognises itself |
| expires_at | TTL: when all times are older than the limits' periods |
"""

import secrets

from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, limits, settings
from customer_auth.base.errors import Throttled

_KEPT_SECONDS = clock.DAY + clock.HOUR  # longer than the longest period of a limit


def key(customer_id: str) -> tuple[str, Item]:
    """The table and the key of the customer's item."""
    return settings.resources().codes_table, {"pk": keys.password_attempts(customer_id)}


def count_attempt(customer_id: str) -> None:
    """Count an attempt to enter the old password, before the password is compared.

    Of concurrent calls, exactly as many succeed as the limit allows. Raises: Throttled (too many attempts, or too many changes),
    aws.Failed (the attempt may have been counted).
    """
    attempts, changes, now, attempt_id = limits.password_attempts(), limits.password_changes(), clock.now(), secrets.token_bytes(8)
    write = dynamodb.update(
        *key(customer_id),
        f"SET {attempts.update()}, #last_pass = :id, #expires_at = :expires_at",
        where=f"{attempts.condition()}"  # the limit of attempts has room
        f" AND {changes.condition()}"  # so has the limit of changes, for which the attempt is made
        " AND (attribute_not_exists(#last_pass) OR #last_pass <> :id)",  # this attempt is not counted yet
        values=attempts.values(now) | changes.condition_values(now) | {":id": attempt_id, ":expires_at": now + _KEPT_SECONDS},
    )
    try:
        dynamodb.write(write)
    except dynamodb.ConditionFailed as failed:
        if failed.item.get("last_pass") == attempt_id:
            return  # counted by an earlier request whose response was lost
        seconds = max(window.retry_after_seconds(failed.item, now) for window in (attempts, changes))
        raise Throttled(seconds, "old_password") from None


def count_change(customer_id: str, *, attempted: bool) -> Write:
    """The part of a transaction that counts a change, if the limit has room. `attempted`: also remove the correct attempt before it."""
    window, now = limits.password_changes(), clock.now()
    assignments = f"{window.update()}, #expires_at = :expires_at"
    if attempted:
        assignments = f"{assignments}, {limits.password_attempts().shift_back()}"
    values = window.values(now) | {":expires_at": now + _KEPT_SECONDS, ":long_ago": limits.LONG_AGO}
    return dynamodb.update(*key(customer_id), f"SET {assignments}", window.condition(), values)


def throttled(item: Item) -> Throttled:
    """The error for a change that the limit refused, by the item of the failed condition."""
    return Throttled(limits.password_changes().retry_after_seconds(item, clock.now()), "password_changes")


def delete(customer_id: str) -> Write:
    """The part of a transaction that deletes the item, because somebody else takes the customer over."""
    return dynamodb.delete(*key(customer_id))
