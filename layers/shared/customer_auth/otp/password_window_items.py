"""Passwords tried for one address in one lane: their window lies in the address's code item (see `code_items`).

| attribute | holds |
|---|---|
| pass0, pass1, … | the times of the last passwords tried, newest first; a right one is taken out again |
| last_pass | the last of them, by which a write that is repeated finds itself |
"""

import secrets

from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock, limits
from customer_auth.base.errors import Throttled
from customer_auth.otp import code_items
from customer_auth.otp.challenges import CodeItemRef


def count_attempt(ref: CodeItemRef) -> None:
    """Count a password before it is compared. Of any number at once as many succeed as the window has room for.

    Raises: Throttled; DeviceEnded; aws.Failed (it may be counted).
    """
    window, now, attempt_id = limits.password_attempts(), clock.now(), secrets.token_bytes(8)
    where = f"{window.condition()} AND (attribute_not_exists(#last_pass) OR #last_pass <> :id)"
    values = window.values(now) | {":id": attempt_id, ":attempted": "attempted", ":expires_at": now + ref.kept_seconds}
    write = dynamodb.update(
        *code_items.key(ref.item_key),
        f"SET {window.update()}, #last_pass = :id, #event = :attempted, #expires_at = :expires_at",
        where=code_items.and_device(where, ref),
        values=values | code_items.device_value(ref),
    )
    try:
        dynamodb.write(write)
    except dynamodb.ConditionFailed as failed:
        if failed.item.get("last_pass") == attempt_id:
            return  # a write whose answer was lost was repeated
        code_items.insist_on_device(ref, failed.item)
        raise Throttled(window.retry_after_seconds(failed.item, now), "password") from None


def refund_attempt(ref: CodeItemRef) -> Write:
    """The part of a transaction that takes a right password out of the window again."""
    return dynamodb.update(
        *code_items.key(ref.item_key),
        f"SET #event = :right, {limits.password_attempts().shift_back()}",
        where="attribute_exists(#pass0)",
        values={":right": "right", ":long_ago": limits.LONG_AGO},
    )
