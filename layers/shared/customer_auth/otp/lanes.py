"""Lanes: an address's known devices and everybody else have code items of their own, so that neither uses up the other's rate limits."""

import hmac
from collections.abc import Callable
from typing import NamedTuple, Self

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item
from customer_auth.aws.keys import Lane
from customer_auth.base import clock, settings
from customer_auth.base.client import Client
from customer_auth.base.errors import WrongCode
from customer_auth.otp import challenges, devices
from customer_auth.otp.purposes import Purpose

# A code item outlives its windows by this: an attempt shifts a window after the request that set the expiry, and sets none itself,
# because with a challenge alone it does not know its lane.
_MARGIN_SECONDS = clock.HOUR


class DeviceEnded(Exception):
    """The device that chose the trusted lane was ended after it was issued."""


class CodeItemRef(NamedTuple):
    """The code item of one address in one lane. A write there holds on condition that the device has not ended since `device_issued_at`.

    `device_item_key`: for a device that was issued before the address's numbering plan changed, the item that noted its end until then.
    """

    item_key: bytes
    lane: Lane
    device_issued_at: int | None = None
    device_item_key: bytes | None = None

    @property
    def key(self) -> tuple[str, Item]:
        """The table and the key."""
        return item_at(self.item_key)

    @property
    def kept_seconds(self) -> int:
        """How long the item is kept after a request: a day's windows; in the trusted lane, as long as a device could live."""
        return _MARGIN_SECONDS + (clock.DAY if self.lane is Lane.UNTRUSTED else devices.LIFE_SECONDS)

    @property
    def device_condition(self) -> str:
        """To be appended to a write's condition: the device that chose this lane has not ended."""
        return "" if self.device_issued_at is None else " AND (attribute_not_exists(#devices_since) OR #devices_since <= :device)"

    @property
    def device_value(self) -> Item:
        """The value of `device_condition`."""
        return {} if self.device_issued_at is None else {":device": self.device_issued_at}

    def check_device(self, item: Item) -> None:
        """Whether that condition refused a write, by the item that was there. Raises: DeviceEnded."""
        if self.device_issued_at is not None and item.get("devices_since", 0) > self.device_issued_at:
            raise DeviceEnded

    @classmethod
    def trusted(cls, address: Address) -> Self:
        return cls(keys.code_item_key(address, Lane.TRUSTED), Lane.TRUSTED)

    @classmethod
    def untrusted(cls, address: Address) -> Self:
        return cls(keys.code_item_key(address, Lane.UNTRUSTED), Lane.UNTRUSTED)

    @classmethod
    def decoy(cls, name: str) -> Self:
        """An item that no address has: requests for somebody who does not exist are counted there, and cost and look the same."""
        return cls(keys.decoy_item_key(name), Lane.UNTRUSTED)


# Of a write that notes when devices ended: it never takes a later end back.
NO_LATER_END = "attribute_not_exists(#devices_since) OR #devices_since <= :now"


def item_at(item_key: bytes) -> tuple[str, Item]:
    """The table and the key of a code item."""
    return settings.resources().codes_table, {"pk": keys.code_item(item_key)}


def in_lane[T](client: Client, address: Address, act: Callable[[CodeItemRef], T]) -> T:
    """Act in the lane of the client's device; if the device has ended, in the untrusted lane, like any other client.

    Raises: aws.Failed, and what `act` raises.
    """
    try:
        return act(_of_device(client, address))
    except DeviceEnded:
        return act(CodeItemRef.untrusted(address))


def _of_device(client: Client, address: Address) -> CodeItemRef:
    """The trusted lane if the client's device has proven this address, else the untrusted one.

    One write more for a device that was issued before the address's numbering plan changed: until then its end was noted under the
    former key. The write changes nothing, for it is done only if the device has ended. Raises: aws.Failed.
    """
    known = devices.issued_at(client.device, address)
    if known is None:
        return CodeItemRef.untrusted(address)
    issued_at, address_key = known
    ref = CodeItemRef.trusted(address)._replace(device_issued_at=issued_at)
    if address_key == address.key:
        return ref
    former_key = keys.code_item_key_of(address_key, Lane.TRUSTED)
    values: Item = {":device": issued_at, ":ended": "ended"}
    ended = dynamodb.update(*item_at(former_key), "SET #event = :ended", "#devices_since > :device", values)
    return CodeItemRef.untrusted(address) if dynamodb.try_write(ended) else ref


def of_challenge(challenge: str, purpose: Purpose, address: Address | None = None) -> tuple[CodeItemRef, bytes]:
    """The item that a challenge names, and the challenge's id.

    Raises: WrongCode, unless it was issued for this purpose and, where there is one, for this address.
    """
    decoded = challenges.decode(challenge)
    if decoded is None or decoded.purpose is not purpose:
        raise WrongCode("foreign_challenge")
    if address is not None and not any(hmac.compare_digest(decoded.item_key, keys.code_item_key(address, lane)) for lane in Lane):
        raise WrongCode("foreign_challenge")
    return CodeItemRef(decoded.item_key, keys.lane_of(decoded.item_key)), decoded.id
