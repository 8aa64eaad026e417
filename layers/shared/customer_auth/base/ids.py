"""Identifiers, keyed hashes and their spelling: opaque, unguessable, safe in URLs, logs and table keys."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets

_ID_BYTES = 15
_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 12
_CUSTOMER_ID = re.compile(r"cus_[0-9a-v]{24}")


def new(prefix: str) -> str:
    """A new identifier of 120 random bits in base 32 behind `prefix`, like cus_4fj0k2p9v7q1m8r3t6a5c0dn."""
    return prefix + base64.b32hexencode(secrets.token_bytes(_ID_BYTES)).decode().lower()


def may_be_customer(text: str) -> bool:
    """Whether a text that a caller gave has the form of a customer's id; any other names nobody, and makes no key."""
    return _CUSTOMER_ID.fullmatch(text) is not None


def new_code() -> str:
    """A new code for people to pass on: 60 random bits in 12 letters and digits without look-alikes (Crockford's base 32)."""
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))


def hmac_sha256(key: bytes, use: str, *parts: str | bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104) over `use` and the parts, each with its length before it, so that no two lists of parts are one message."""
    raws = [part.encode() if isinstance(part, str) else part for part in (use, *parts)]
    return hmac.digest(key, b"".join([len(raw).to_bytes(4, "big") + raw for raw in raws]), "sha256")


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def base64url(raw: bytes) -> str:
    """Base64url without padding (RFC 4648 §5, RFC 7515 §2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes | None:
    """The bytes of unpadded base64url, or None unless `text` is exactly how they are spelled (one spelling for one value)."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return None
    return raw if base64url(raw) == text else None
