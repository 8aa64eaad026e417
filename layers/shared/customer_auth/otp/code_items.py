"""All that is known of one address's codes in one lane: one item of the codes table.

| attribute | holds |
|---|---|
| pk | code#…, a keyed hash of address and lane |
| send0, send1, … | the times of the last messages, over all purposes |
| fail0, fail1, … | the times of the last tries; a right one is taken out again |
| `purpose` | the pending challenge as `Challenge.item` makes it; `bound` and `unbound` map its tries' ids to their times |
| done_`purpose` | what the last right code led to, for its caller's repeats |
| attempts_`purpose`_bound, …_unbound | the tries that the used code had, with its challenge and without |
| devices_since | devices given before it have ended |
| event | what the last write did, for the stream's filter |
| expires_at | TTL: when nothing of this is needed any more |
"""

from collections.abc import Sequence

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.aws.keys import Lane
from customer_auth.base import limits, settings
from customer_auth.base.client import Client
from customer_auth.base.errors import Throttled, Unavailable
from customer_auth.otp import devices
from customer_auth.otp.challenges import Challenge, CodeItemRef

_NO_LATER_END = "attribute_not_exists(#devices_since) OR #devices_since <= :now"
_DEVICE_HOLDS = "(attribute_not_exists(#devices_since) OR #devices_since <= :device)"


class DeviceEnded(Exception):
    """The device that chose the lane has been ended since it was given."""


def key(item_key: bytes) -> tuple[str, Item]:
    """Where an address's codes of one lane lie."""
    return settings.resources().codes_table, {"pk": keys.code_item(item_key)}


def put_challenge(ref: CodeItemRef, challenge: Challenge, along: Sequence[Write] = ()) -> None:
    """One write: the address's windows have room, and the new challenge is there in the place of the old.

    Of any number at once as many succeed as the windows have room for. What is `along` is written with it, or nothing is.
    Raises: Throttled; DeviceEnded; Unavailable (what is along may not be written any more); aws.Failed (it may be there).
    """
    window, now = limits.sends(), challenge.requested_at
    put = dynamodb.update(
        *key(ref.item_key),
        f"SET {window.update()}, #p = :challenge, #event = :asked, #expires_at = :expires_at",
        where=and_device(window.condition(), ref),
        values=window.values(now)
        | {":challenge": challenge.item(), ":asked": f"requested:{challenge.purpose}", ":expires_at": now + ref.kept_seconds}
        | device_value(ref),
        names={"p": challenge.purpose},
    )
    try:
        if along:
            dynamodb.transact([put, *along])
        else:
            dynamodb.write(put)
    except (dynamodb.ConditionFailed, dynamodb.TransactionFailed) as failed:
        item = failed.item if isinstance(failed, dynamodb.ConditionFailed) else failed.items[0]
        if item is None:
            raise Unavailable("changed_meanwhile") from None
        if item.get(challenge.purpose, {}).get("id") == challenge.id:
            return  # a write whose answer was lost was repeated
        insist_on_device(ref, item)
        raise Throttled(window.retry_after_seconds(item, now), "address") from None


def end_devices(item_key: bytes, now: int) -> Write:
    """The part of a transaction after which no device given before counts for the address whose known lane this is."""
    assignments = "#devices_since = :now, #event = :ended, #expires_at = :expires_at"
    values: Item = {":now": now, ":ended": "ended", ":expires_at": now + devices.LIFE_SECONDS}
    return dynamodb.update(*key(item_key), f"SET {assignments}", _NO_LATER_END, values)


def erase(address: Address, now: int) -> list[Write]:
    """The part of a transaction after which nothing is held on the address but that devices given to its last owner have ended.

    A keyed hash and a second, until the last of those devices would have ended by itself: the address's next owner is not its last.
    """
    return [write for each in address.keys for write in _erase(each, now)]


def _erase(address_key: str, now: int) -> list[Write]:
    strangers, known = (key(keys.code_item_key_of(address_key, lane)) for lane in (Lane.UNTRUSTED, Lane.TRUSTED))
    left = {"devices_since": now, "event": "ended", "expires_at": now + devices.LIFE_SECONDS}
    table, ref = known
    return [dynamodb.delete(*strangers), dynamodb.put(table, ref | left, _NO_LATER_END, {":now": now})]


def ref_of(client: Client, address: Address) -> CodeItemRef:
    """The lane of the client's device, if that proved this address; else the strangers'.

    One write more for a device that was given before the address's numbering plan changed: those that were ended until then are noted
    under its former key alone. The write changes nothing, for it is only done where the device has ended. Raises: aws.Failed.
    """
    ref = CodeItemRef.of(client, address)
    if ref.device_item_key is None:
        return ref
    noted = {":device": ref.device_issued_at, ":ended": "ended"}
    ended = dynamodb.update(*key(ref.device_item_key), "SET #event = :ended", "#devices_since > :device", noted)
    return CodeItemRef.untrusted(address) if dynamodb.try_write(ended) else ref


def and_device(where: str, ref: CodeItemRef) -> str:
    return where if ref.device_issued_at is None else f"{where} AND {_DEVICE_HOLDS}"


def device_value(ref: CodeItemRef) -> Item:
    return {} if ref.device_issued_at is None else {":device": ref.device_issued_at}


def insist_on_device(ref: CodeItemRef, item: Item) -> None:
    if ref.device_issued_at is not None and item.get("devices_since", 0) > ref.device_issued_at:
        raise DeviceEnded
