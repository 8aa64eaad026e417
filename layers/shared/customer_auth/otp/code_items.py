"""Code items, in the codes table: all that is known of one address's codes in one lane.

Up to 1,024 bytes a write of one takes one unit, and a sign-in writes one six times: so it holds nothing but what these writes decide by.

| attribute | holds |
|---|---|
| pk | code#…, a keyed hash of address and lane |
| send0, send1, … | the times of the last messages, over all purposes |
| fail0, fail1, … | the times of the last attempts; a right one is taken out again |
| `purpose` | the pending challenge (`Challenge.item`); `bound` and `unbound` map its attempts' ids to their times |
| done_`purpose` | what the last right code led to, for the caller who repeats the call (`idempotency_items`) |
| attempts_`purpose`_bound, …_unbound | the attempts that the used code had, with its challenge and without |
| devices_since | devices issued before it have ended |
| event | what the last write did, for the stream's filter |
| expires_at | TTL: when nothing of this is needed any more |
"""

from collections.abc import Sequence

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.aws.keys import Lane
from customer_auth.base import limits
from customer_auth.base.errors import Throttled, Unavailable
from customer_auth.otp import devices, password_window_items
from customer_auth.otp.challenges import Challenge
from customer_auth.otp.lanes import NO_LATER_END, CodeItemRef, item_at
from customer_auth.otp.purposes import Purpose


def replace_challenge(ref: CodeItemRef, challenge: Challenge, writes: Sequence[Write] = ()) -> None:
    """One write: the send window has room, and the new challenge takes the place of the old; `writes` with it, or nothing is written.

    Of any number of concurrent calls, as many succeed as the window has room for.
    Raises: Throttled; DeviceEnded; Unavailable (a condition of `writes` failed); aws.Failed (it may be written).
    """
    window, now = limits.sends(), challenge.requested_at
    replace = dynamodb.update(
        *ref.key,
        f"SET {window.update()}, #p = :challenge, #event = :requested, #expires_at = :expires_at",
        where=window.condition() + ref.device_condition,
        values=window.values(now)
        | ref.device_value
        | {":challenge": challenge.item(), ":requested": f"requested:{challenge.purpose}", ":expires_at": now + ref.kept_seconds},
        names={"p": challenge.purpose},
    )
    try:
        if writes:
            dynamodb.transact([replace, *writes])
        else:
            dynamodb.write(replace)
    except (dynamodb.ConditionFailed, dynamodb.TransactionFailed) as failed:
        item = failed.item if isinstance(failed, dynamodb.ConditionFailed) else failed.items[0]
        if item is None:
            raise Unavailable("changed_meanwhile") from None
        if item.get(challenge.purpose, {}).get("id") == challenge.id:
            return  # our own write, repeated after its response was lost
        ref.check_device(item)
        raise Throttled(window.retry_after_seconds(item, now), "address") from None


def end_challenge(item_key: bytes, purpose: Purpose, challenge_id: bytes) -> None:
    """One write: the pending code opens nothing any more. One that was used or replaced meanwhile is left alone. Raises: aws.Failed."""
    values: Item = {":id": challenge_id, ":ended": "ended"}
    dynamodb.try_write(dynamodb.update(*item_at(item_key), "SET #event = :ended REMOVE #p", "#p.#id = :id", values, {"p": purpose}))


def end_devices(address: Address, now: int, *, consumed: bytes | None = None) -> list[Write]:
    """The parts of a transaction after which no device issued before counts for the address, neither for codes nor for passwords.

    `consumed` is the key of the code item whose proof the same transaction uses up, and whose devices it ends with that (`consume`).
    """
    item_key = CodeItemRef.trusted(address).item_key
    assignments = "#devices_since = :now, #event = :ended, #expires_at = :expires_at"
    values: Item = {":now": now, ":ended": "ended", ":expires_at": now + devices.LIFE_SECONDS}
    for_codes = [dynamodb.update(*item_at(item_key), f"SET {assignments}", NO_LATER_END, values)] if item_key != consumed else []
    return [*for_codes, password_window_items.end_devices(item_key, now)]


def erase(address: Address, now: int) -> list[Write]:
    """The part of a transaction after which nothing is held on the address but that devices issued to its last owner have ended.

    A keyed hash and a second, until the last of those devices would have ended by itself: the address's next owner is not its last.
    """
    return [write for each in address.keys for write in _erase(each, now)]


def _erase(address_key: str, now: int) -> list[Write]:
    untrusted, trusted = (keys.code_item_key_of(address_key, lane) for lane in (Lane.UNTRUSTED, Lane.TRUSTED))
    table, key = item_at(trusted)
    ended = {"devices_since": now, "event": "ended", "expires_at": now + devices.LIFE_SECONDS}
    return [
        dynamodb.delete(*item_at(untrusted)),
        dynamodb.put(table, key | ended, NO_LATER_END, {":now": now}),
        *password_window_items.erase(untrusted, trusted, now),
    ]
