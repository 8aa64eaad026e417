"""Challenges: the name of a code that was requested. A challenge finds its item by itself, and reveals nothing about the address.

base64url((item key ⊕ mask) ‖ wire byte of the purpose ‖ id): 16 + 1 + 16 bytes, where mask = HMAC(index key, "challenge" ‖ id). The item
key is a keyed hash of the address and the client's lane. As each challenge has a mask of its own, two challenges of one address share
nothing but the wire byte. No tag is needed: with any bit changed, a challenge names an item that does not exist.
"""

import secrets
from typing import NamedTuple, Self

from customer_auth.addresses import phone
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import secret_keys
from customer_auth.aws.dynamodb import Item
from customer_auth.base import clock, ids, settings
from customer_auth.otp.delivery_states import DeliveryState
from customer_auth.otp.purposes import BY_WIRE_BYTE, WIRE_BYTES, Purpose

_KEY_BYTES = 16
_ID_BYTES = 16
_NONCE_BYTES = 16
RESET_MINUTES = 15


class BoundTo(NamedTuple):
    """For whom alone a code opens something: this customer, as long as their session epoch is the same.

    A contact change names the session that asked for it, a deletion its request.
    """

    customer_id: str
    epoch: int
    family: str = ""
    deletion_id: str = ""


class Challenge(NamedTuple):
    """A challenge as its code item holds it; the code is derived, never stored. Times in epoch seconds.

    `customer_id` is the sender's hint who owned the address when the message went out; `revision` is the address's at that moment, which
    a reset is bound to. Neither is there before the message was sent. `client` is the key of the window in which the request counts.
    """

    purpose: Purpose
    id: bytes
    nonce: bytes
    derivation_key_version: int
    requested_at: int
    expires_at: int
    address: Address
    locale: str
    bound_to: BoundTo | None = None
    customer_id: str | None = None
    revision: str | None = None
    client: bytes | None = None

    @classmethod
    def new(cls, purpose: Purpose, address: Address, locale: str, bound_to: BoundTo | None = None) -> Self:
        """A challenge that lives as long as codes of its channel do; a reset's, 15 minutes. Raises: aws.Failed."""
        service, now = settings.service(), clock.now()
        minutes = service.otp_expiry_minutes_sms if address.channel is Channel.PHONE else service.otp_expiry_minutes_email
        minutes = RESET_MINUTES if purpose is Purpose.RESET else minutes
        return cls(
            purpose=purpose,
            id=secrets.token_bytes(_ID_BYTES),
            nonce=secrets.token_bytes(_NONCE_BYTES),
            derivation_key_version=secret_keys.derivation_key_version(),
            requested_at=now,
            expires_at=now + minutes * clock.MINUTE,
            address=address,
            locale=locale,
            bound_to=bound_to,
        )

    @classmethod
    def of_item(cls, purpose: Purpose, item: Item) -> Self:
        """The challenge that a code item holds for this purpose, from the item's map of it."""
        bound_to = item.get("bound_to")
        return cls(
            purpose=purpose,
            id=item["id"],
            nonce=item["nonce"],
            derivation_key_version=item["derivation_key"],
            requested_at=item["requested_at"],
            expires_at=item["expires_at"],
            address=address_of(item["address"]),
            locale=item["locale"],
            bound_to=BoundTo(**bound_to) if bound_to else None,
            customer_id=item.get("customer"),
            revision=item.get("revision"),
            client=item.get("client"),
        )

    @property
    def hash(self) -> bytes:
        """What is kept of a challenge that was used: whoever reads the tables cannot present it."""
        return hash_of(self.id)

    def item(self) -> Item:
        """The map for the code item: no attempts yet, and a message still to be sent."""
        bound_to = self.bound_to._asdict() if self.bound_to else {}
        optional = {"bound_to": {name: value for name, value in bound_to.items() if value != ""}, "client": self.client}
        return {
            "id": self.id,
            "nonce": self.nonce,
            "derivation_key": self.derivation_key_version,
            "requested_at": self.requested_at,
            "expires_at": self.expires_at,
            "address": list(self.address),
            "locale": self.locale,
            "bound": {},
            "unbound": {},
            "delivery": DeliveryState.QUEUED,
        } | {name: value for name, value in optional.items() if value}


def hash_of(challenge_id: bytes) -> bytes:
    """What is kept of a challenge's id: as long as the id itself, of which nobody can guess one."""
    return ids.sha256(challenge_id)[:_ID_BYTES]


class Decoded(NamedTuple):
    """What a challenge is made of."""

    item_key: bytes
    purpose: Purpose
    id: bytes


def encode(item_key: bytes, purpose: Purpose, challenge_id: bytes) -> str:
    """A challenge as its client holds it. Raises: aws.Failed."""
    return ids.base64url(_masked(item_key, challenge_id) + bytes([WIRE_BYTES[purpose]]) + challenge_id)


def decode(text: str) -> Decoded | None:
    """What the challenge is made of; None for what is no challenge. Raises: aws.Failed."""
    raw = ids.from_base64url(text) or b""
    if len(raw) != _KEY_BYTES + 1 + _ID_BYTES or raw[_KEY_BYTES] not in BY_WIRE_BYTE:
        return None
    challenge_id = raw[_KEY_BYTES + 1 :]
    return Decoded(_masked(raw[:_KEY_BYTES], challenge_id), BY_WIRE_BYTE[raw[_KEY_BYTES]], challenge_id)


def _masked(item_key: bytes, challenge_id: bytes) -> bytes:
    """Put the mask on, or take it off: the two are one operation."""
    mask = ids.hmac_sha256(secret_keys.index_key(), "challenge", challenge_id)[:_KEY_BYTES]
    return (int.from_bytes(item_key) ^ int.from_bytes(mask)).to_bytes(_KEY_BYTES)


def address_of(stored: list[str]) -> Address:
    """A stored address, in the spelling that its code proves; a number by today's numbering plan."""
    channel, value, spelling, country = stored
    if channel == Channel.PHONE and spelling:
        return phone.from_stored(spelling)
    return Address(Channel(channel), value, spelling, country)
