"""One item a sender, in the codes table: how often it has failed lately, and whether it is left alone.

| attribute | holds |
|---|---|
| pk | circuit#…, the sender's name |
| fail0, fail1, … | when it failed lately, newest first |
| opened_at | since when no message goes by it, or when one tried it again; absent: it works |
| expires_at | TTL: an hour after the last failure |
"""

from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item
from customer_auth.base import clock, settings
from customer_auth.base.limits import Limit, Window

OPEN_SECONDS = 30
_FAILURES = 10
_WINDOW = Window("fail", (Limit(_FAILURES - 1, clock.MINUTE),))  # what no longer fits into it is the tenth


def key(sender: str) -> tuple[str, Item]:
    """Table and key of a sender's circuit, for a batch read."""
    return settings.resources().codes_table, {"pk": keys.circuit(sender)}


def begin_trial(sender: str, seen: int, now: int) -> bool:
    """Whether this caller is the one that tries the sender; of any number of concurrent ones, one is. Raises: aws.Failed."""
    # nobody else has begun to try it since `seen`
    return _set_opened(sender, "#opened_at = :seen", {":seen": seen}, now)


def count_failure(sender: str, now: int) -> bool:
    """Count a failure; the tenth within a minute opens the circuit. Returns whether it is open. Raises: aws.Failed."""
    values = _WINDOW.values(now) | {":expires_at": now + clock.HOUR}
    # with this one, nine failures or fewer within the last minute
    if dynamodb.try_write(dynamodb.update(*key(sender), f"SET {_WINDOW.update()}, #expires_at = :expires_at", _WINDOW.condition(), values)):
        return False
    # it is not open yet, or has not been for as long as it stays so
    _set_opened(sender, "attribute_not_exists(#opened_at) OR #opened_at <= :ended", {":ended": now - OPEN_SECONDS}, now)
    return True


def _set_opened(sender: str, where: str, values: Item, now: int) -> bool:
    all_values = values | {":now": now, ":expires_at": now + clock.HOUR}
    return dynamodb.try_write(dynamodb.update(*key(sender), "SET #opened_at = :now, #expires_at = :expires_at", where, all_values))


def close(sender: str, begun: int) -> None:
    """The sender works again. Raises: aws.Failed."""
    # the caller's trial, begun then, is the last one
    dynamodb.try_write(dynamodb.delete(*key(sender), "#opened_at = :begun", {":begun": begun}))
