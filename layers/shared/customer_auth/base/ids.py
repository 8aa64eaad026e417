"""Identifiers, keyed hashes and their encoding: opaque, unguessable, and safe in URLs, logs and table keys."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets

_ID_BYTES = 15
_CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 12
_CUSTOMER_ID = re.compile(r"cus_[0-9a-v]{24}")


def new(prefix: str) -> str:
    """A new identifier: `prefix` and 120 random bits in base 32, like cus_4fj0k2p9v7q1m8r3t6a5c0dn."""
    return of(prefix, secrets.token_bytes(_ID_BYTES))


def of(prefix: str, raw: bytes) -> str:
    """The identifier of the form that `new` returns with these bits: the first 120 of `raw`."""
    return prefix + base64.b32hexencode(raw[:_ID_BYTES]).decode().lower()


def may_be_customer(text: str) -> bool:
    """Whether untrusted text has the form of a customer id. Any other text names nobody and must not become part of a table key."""
    return _CUSTOMER_ID.fullmatch(text) is not None


def new_code() -> str:
    """A new code for people to pass on: 60 random bits in 12 letters and digits without look-alikes (Crockford's base 32)."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))


def hmac_sha256(key: bytes, use: str, *parts: str | bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104) over `use` and the parts.

    Each part is preceded by its length, so two different lists of parts are never the same message.
    """
    encoded = [part.encode() if isinstance(part, str) else part for part in (use, *parts)]
    return hmac.digest(key, b"".join([len(part).to_bytes(4, "big") + part for part in encoded]), "sha256")


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def base64url(raw: bytes) -> str:
    """Base64url without padding (RFC 4648 §5, RFC 7515 §2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes | None:
    """The bytes of unpadded base64url; None for any text that is not their one canonical encoding."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError, ValueError):
        return None
    return raw if base64url(raw) == text else None
