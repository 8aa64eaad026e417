"""Passwords entered for one address in one lane: their window is in the address's code item (see `code_items`).

| attribute | holds |
|---|---|
| pass0, pass1, … | the times of the last passwords entered, newest first; a right one is taken out again |
| last_pass | the last of them, by which a repeated write recognises itself |
"""

import secrets

from customer_auth.aws import conflicts, dynamodb
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock, limits
from customer_auth.base.errors import Throttled
from customer_auth.otp.lanes import CodeItemRef


def count_attempt(ref: CodeItemRef) -> None:
    """Count a password before it is compared. Of any number of concurrent calls, as many succeed as the window has room for.

    Raises: Throttled; DeviceEnded; aws.Failed (it may be counted).
    """
    window, now, attempt_id = limits.password_attempts(), clock.now(), secrets.token_bytes(8)
    write = dynamodb.update(
        *ref.key,
        f"SET {window.update()}, #last_pass = :id, #event = :attempted, #expires_at = :expires_at",
        where=f"{window.condition()} AND (attribute_not_exists(#last_pass) OR #last_pass <> :id){ref.device_condition}",
        values=window.values(now)
        | ref.device_value
        | {":id": attempt_id, ":attempted": "attempted", ":expires_at": now + ref.kept_seconds},
    )
    item = conflicts.write_once(write, lambda item: item.get("last_pass") == attempt_id)
    if item is not None:
        ref.check_device(item)
        raise Throttled(window.retry_after_seconds(item, now), "password")


def refund_attempt(ref: CodeItemRef) -> Write:
    """The part of a transaction that takes a right password out of the window again."""
    return dynamodb.update(
        *ref.key,
        f"SET #event = :right, {limits.password_attempts().shift_back()}",
        where="attribute_exists(#pass0)",
        values={":right": "right", ":long_ago": limits.LONG_AGO},
    )
