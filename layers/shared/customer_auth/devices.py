"""Known devices: a keyed proof that a client once proved an address, by which its asks and tries run in a lane of their own.

A stranger who spends an address's sends, tries or guesses takes nothing from its owner's devices. A device opens nothing else; a
false, foreign or ended one is as none.
"""

import hmac

from customer_auth import clock, ids, vault
from customer_auth.address import Address

LIFE_SECONDS = 180 * clock.DAY
_TIME_BYTES = 5
_TAG_BYTES = 16


def issue(address: Address, *, at: int) -> str:
    """The proof that a client proved this address in that second."""
    issued = at.to_bytes(_TIME_BYTES, "big")
    return ids.base64url(issued + _tag(address, issued))


def issued_at(device: str | None, address: Address) -> int | None:
    """When this device proved this address; None for a false, foreign or outdated one.

    Whether the address's owner has ended it since is the condition of the write that follows.
    """
    raw = ids.from_base64url(device) if device else None
    if raw is None or len(raw) != _TIME_BYTES + _TAG_BYTES:
        return None
    issued, tag = raw[:_TIME_BYTES], raw[_TIME_BYTES:]
    at = int.from_bytes(issued, "big")
    if not hmac.compare_digest(tag, _tag(address, issued)) or at + LIFE_SECONDS <= clock.now():
        return None
    return at


def _tag(address: Address, issued: bytes) -> bytes:
    return ids.keyed(vault.index_key(), "device", address.key, issued)[:_TAG_BYTES]
