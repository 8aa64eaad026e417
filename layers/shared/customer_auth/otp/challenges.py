"""Challenges: what names a code that was asked for. A challenge finds its item by itself, holds no address, and tells nothing of one.

base64url((item key ⊕ mask) ‖ wire byte of the purpose ‖ id): 16 + 1 + 16 bytes, where mask = HMAC(index key, "challenge" ‖ id). The item
key is a keyed hash of the address and the client's lane; masked by each challenge's own id, two challenges of one address share nothing
but the wire byte. No tag is needed: whoever flips a bit names an item that does not exist.
"""

import hmac
import secrets
from enum import StrEnum
from typing import NamedTuple

from customer_auth.addresses import phone
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import keys, secret_keys
from customer_auth.aws.dynamodb import Item
from customer_auth.aws.keys import Lane
from customer_auth.base import clock, ids, settings
from customer_auth.base.client import Client
from customer_auth.base.errors import WrongCode
from customer_auth.otp import devices
from customer_auth.otp.delivery_states import DeliveryState

_KEY_BYTES = 16
_ID_BYTES = 16
_NONCE_BYTES = 16
RESET_MINUTES = 15

# No 0 and O, 1, I and L; upper case alone (a code is compared after upper()).
ALPHABETS = {"numeric": "0123456789", "alphanumeric": "23456789ABCDEFGHJKMNPQRSTUVWXYZ"}


class Purpose(StrEnum):
    """What a code opens; a code requested for one purpose opens no other."""

    REGISTER = "register"  # a new account, or the one that the number has
    LOGIN = "login"  # an account that exists
    SIGN_IN = "sign_in"  # whichever the address has: an account, or a new one
    VERIFY = "verify"  # an address that the customer merely claims
    RESET = "reset"  # a new password; its code is not for people
    CONTACT = "contact"  # another address in the place of the customer's
    NOTIFICATION = "notification"  # nothing: a message without a code
    DELETION = "deletion"  # the end of the account, after a time in which it may be cancelled
    CANCELLATION = "cancellation"  # the account stays


# What stands for a purpose in a challenge. Challenges outlive a deployment, so a byte is never given to another purpose.
_WIRE_BYTES = {
    Purpose.REGISTER: 0,
    Purpose.LOGIN: 1,
    Purpose.SIGN_IN: 2,
    Purpose.VERIFY: 3,
    Purpose.RESET: 4,
    Purpose.CONTACT: 5,
    Purpose.NOTIFICATION: 6,
    Purpose.DELETION: 7,
    Purpose.CANCELLATION: 8,
}
_PURPOSE_OF = {byte: purpose for purpose, byte in _WIRE_BYTES.items()}


# How much longer than their windows last the codes of an address are kept: a try shifts a window after the ask that wrote the expiry,
# and writes none itself, for by its challenge alone it could not know for how long.
_MARGIN_SECONDS = clock.HOUR


class CodeItemRef(NamedTuple):
    """Where the codes of one address in one lane lie; `device_issued_at` insists that the device has not been ended since.

    Of a device that was given before the address's numbering plan changed, `device_item_key` is where devices were ended until then.
    """

    item_key: bytes
    lane: Lane
    device_issued_at: int | None = None
    device_item_key: bytes | None = None

    @property
    def kept_seconds(self) -> int:
        """For how long after an ask nothing here may be forgotten: a day's windows; in the known lane, that devices were ended."""
        return _MARGIN_SECONDS + (clock.DAY if self.lane is Lane.UNTRUSTED else devices.LIFE_SECONDS)

    @classmethod
    def of(cls, client: Client, address: Address) -> "CodeItemRef":
        """The lane of the client's device, if that proved this address; else the strangers'."""
        known = devices.issued_at(client.device, address)
        if known is None:
            return cls.untrusted(address)
        at, key = known
        item_key = keys.code_item_key(address, Lane.TRUSTED)
        return cls(item_key, Lane.TRUSTED, at, None if key == address.key else keys.code_item_key_of(key, Lane.TRUSTED))

    @classmethod
    def untrusted(cls, address: Address) -> "CodeItemRef":
        return cls(keys.code_item_key(address, Lane.UNTRUSTED), Lane.UNTRUSTED)

    @classmethod
    def named_by(cls, challenge: str, purpose: Purpose, address: Address) -> tuple["CodeItemRef", bytes]:
        """Where this challenge lies, and its id. Raises: WrongCode unless it was given for this address and purpose."""
        item_key, asked_for, challenge_id = named(challenge) or (b"", None, b"")
        for lane in Lane:
            if asked_for is purpose and hmac.compare_digest(item_key, keys.code_item_key(address, lane)):
                return cls(item_key, lane), challenge_id
        raise WrongCode("foreign_challenge")

    @classmethod
    def of_challenge(cls, challenge: str, purpose: Purpose) -> tuple["CodeItemRef", bytes]:
        """Where this challenge lies, whatever its address, and its id. Raises: WrongCode unless it was given for this purpose."""
        item_key, asked_for, challenge_id = named(challenge) or (b"", None, b"")
        if asked_for is not purpose:
            raise WrongCode("foreign_challenge")
        return cls(item_key, keys.lane_of(item_key)), challenge_id

    @classmethod
    def of_nobody(cls, name: str) -> "CodeItemRef":
        """Where asks for what is not there are counted, so that they look and cost like any other."""
        return cls(keys.decoy_item_key(name), Lane.UNTRUSTED)


def spelled(item_key: bytes, purpose: Purpose, challenge_id: bytes) -> str:
    """A challenge as its client holds it. Raises: aws.Failed."""
    return ids.base64url(_masked(item_key, challenge_id) + bytes([_WIRE_BYTES[purpose]]) + challenge_id)


def named(challenge: str) -> tuple[bytes, Purpose, bytes] | None:
    """The item key, purpose and id that a challenge is made of; None for what is no challenge. Raises: aws.Failed."""
    raw = ids.from_base64url(challenge) or b""
    if len(raw) != _KEY_BYTES + 1 + _ID_BYTES or raw[_KEY_BYTES] not in _PURPOSE_OF:
        return None
    challenge_id = raw[_KEY_BYTES + 1 :]
    return _masked(raw[:_KEY_BYTES], challenge_id), _PURPOSE_OF[raw[_KEY_BYTES]], challenge_id


def _masked(item_key: bytes, challenge_id: bytes) -> bytes:
    """The item key under the challenge's own mask, or from under it again: the two are one operation."""
    mask = ids.hmac_sha256(secret_keys.index_key(), "challenge", challenge_id)[:_KEY_BYTES]
    return bytes(one ^ other for one, other in zip(item_key, mask, strict=True))


class Challenge(NamedTuple):
    """A question for a code, as the table holds it; the code itself is derived, never stored."""

    purpose: Purpose
    id: bytes
    nonce: bytes
    derivation_key_version: int
    requested_at: int
    expires_at: int
    address: Address
    locale: str
    bound_to: Item | None = None

    @classmethod
    def new(cls, purpose: Purpose, address: Address, locale: str, bound_to: Item | None = None) -> "Challenge":
        """Lives as long as its channel's codes; `bound_to` is for whom alone it opens something. Raises: aws.Failed."""
        given = settings.service()
        minutes = given.otp_expiry_minutes_sms if address.channel is Channel.PHONE else given.otp_expiry_minutes_email
        minutes = RESET_MINUTES if purpose is Purpose.RESET else minutes
        now = clock.now()
        nonce, challenge_id = secrets.token_bytes(_NONCE_BYTES), secrets.token_bytes(_ID_BYTES)
        return cls(
            purpose, challenge_id, nonce, secret_keys.derivation_key_version(), now, now + minutes * clock.MINUTE, address, locale, bound_to
        )

    def at(self, ref: CodeItemRef) -> str:
        """What the client is told and sends back."""
        return spelled(ref.item_key, self.purpose, self.id)

    def item(self) -> Item:
        """The challenge as the item's map, with its two counts of tries still empty and its message still to be sent."""
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
        } | ({"bound_to": self.bound_to} if self.bound_to else {})


def address(challenge: Item) -> Address:
    """What the challenge's code was sent to, in the spelling that the code proves; a number by today's plan."""
    channel, value, spelling, country = challenge["address"]
    if channel == Channel.PHONE and spelling:
        return phone.from_stored(spelling)
    return Address(Channel(channel), value, spelling, country)


def code(nonce: bytes, derivation_key_version: int, purpose: Purpose, address: Address) -> str:
    """The code that a challenge's nonce makes: HMAC under the derivation key, cut as HOTP does (RFC 4226 §5.3), in the configured alphabet.

    It is of the address as it was spelled when it was asked for. A reset's is not for people to type, and is left whole: 256 bits.
    Raises: aws.Failed.
    """
    given = settings.service()
    derivation_key = secret_keys.derivation_key(derivation_key_version)
    if derivation_key is None:
        raise WrongCode("derivation_key_gone")
    if purpose is Purpose.RESET:
        return ids.base64url(ids.hmac_sha256(derivation_key, "reset", nonce, purpose, address.spelled_key))
    alphabet = ALPHABETS[given.otp_charset]
    # 128 bits taken by the alphabet's size: the bias is below 2^-75, where HOTP's own 31 bits leave 2^-11 for six digits.
    number = int.from_bytes(ids.hmac_sha256(derivation_key, "code", nonce, purpose, address.spelled_key)[:16], "big")
    letters = []
    for _ in range(given.otp_length):
        number, letter = divmod(number, len(alphabet))
        letters.append(alphabet[letter])
    return "".join(letters)
