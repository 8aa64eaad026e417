"""Known devices: a keyed proof that a client once proved an address, by which its code requests and attempts run in a lane of their own.

Somebody else who uses up an address's limits takes nothing from its owner's devices. A device opens nothing else; a false, foreign
or ended one counts as none.
"""

import hmac

from customer_auth.addresses.address import Address
from customer_auth.aws import secret_keys
from customer_auth.base import clock, ids

LIFE_SECONDS = 180 * clock.DAY
_TIME_BYTES = 5
_TAG_BYTES = 16


def issue(address: Address, *, at: int) -> str:
    """The proof that a client proved this address in that second."""
    issued = at.to_bytes(_TIME_BYTES, "big")
    return ids.base64url(issued + _tag(address.key, issued))


def issued_at(device: str | None, address: Address) -> tuple[int, str] | None:
    """When this device proved this address, and which of its keys that was under; None for a false, foreign or outdated one.

    Whether the address's owner has ended it since is the condition of the write that follows.
    """
    raw = ids.from_base64url(device) if device else None
    if raw is None or len(raw) != _TIME_BYTES + _TAG_BYTES:
        return None
    issued, tag = raw[:_TIME_BYTES], raw[_TIME_BYTES:]
    at = int.from_bytes(issued, "big")
    key = next((each for each in address.keys if hmac.compare_digest(tag, _tag(each, issued))), None)
    return (at, key) if key and at + LIFE_SECONDS > clock.now() else None


def _tag(address_key: str, issued: bytes) -> bytes:
    return ids.hmac_sha256(secret_keys.index_key(), "device", address_key, issued)[:_TAG_BYTES]
