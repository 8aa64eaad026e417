"""Passwords entered for one address in one lane, in the codes table. Their window would make a code item too long for one write unit.

| attribute | holds |
|---|---|
| pk | password#…, by the same keyed hash of address and lane as the code item's |
| pass0, pass1, … | the times of the last passwords entered, newest first; a right one is taken out again |
| last_pass | the last of them, by which a repeated write recognises itself |
| devices_since | devices issued before it have ended, as the code item says too |
| expires_at | TTL: when nothing of this is needed any more |
"""

from customer_auth.aws import counters, dynamodb, keys
from customer_auth.aws.counters import Counter
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import limits, settings
from customer_auth.otp import devices
from customer_auth.otp.lanes import NO_LATER_END, CodeItemRef


def key(item_key: bytes) -> tuple[str, Item]:
    """The table and the key, by the key of the lane's code item."""
    return settings.resources().codes_table, {"pk": keys.password_window(item_key)}


def count_attempt(ref: CodeItemRef) -> None:
    """Count a password before it is compared. Of any number of concurrent calls, as many succeed as the window has room for.

    Raises: Throttled; DeviceEnded; aws.Failed (it may be counted).
    """
    counter = Counter(
        *key(ref.item_key),
        limits.password_attempts(),
        ref.kept_seconds,
        "password",
        condition=ref.device_condition,
        condition_values=ref.device_value,
        check=ref.check_device,
    )
    counters.count(counter)


def refund_attempt(ref: CodeItemRef) -> Write:
    """The part of a transaction that takes a right password out of the window again."""
    return dynamodb.update(
        *key(ref.item_key),
        f"SET {limits.password_attempts().shift_back()}",
        where="attribute_exists(#pass0)",
        values={":long_ago": limits.LONG_AGO},
    )


def end_devices(item_key: bytes, now: int) -> Write:
    """The part of a transaction after which no device that was issued before counts for passwords in this trusted lane."""
    values: Item = {":now": now, ":expires_at": now + devices.LIFE_SECONDS}
    return dynamodb.update(*key(item_key), "SET #devices_since = :now, #expires_at = :expires_at", NO_LATER_END, values)


def erase(untrusted: bytes, trusted: bytes, now: int) -> list[Write]:
    """The part of a transaction after which nothing is left of both lanes' windows but when devices ended (`code_items.erase`)."""
    table, item_key = key(trusted)
    ended = {"devices_since": now, "expires_at": now + devices.LIFE_SECONDS}
    return [dynamodb.delete(*key(untrusted)), dynamodb.put(table, item_key | ended, NO_LATER_END, {":now": now})]
