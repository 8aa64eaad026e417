"""Refresh tokens: a keyed chain, of which the table stores the generation and two hashes (RFC 9700 §4.14.2, rotation).

customer . family . key version . generation . secret . tag, where secret n+1 = HMAC-SHA256(derivation key, secret n ‖ n+1 ‖ sibling) and
tag = HMAC-SHA256(derivation key, everything before it).

The tag authenticates a token, so a forged one costs one HMAC and cannot end anybody's session. The successor of a token can be computed
again, or a sibling of the successor, so a lost response does not end the session. A dump of the table gives access to no session, not even
together with the derivation key.
"""

import hmac
from typing import NamedTuple

from customer_auth.aws import secret_keys
from customer_auth.base import ids
from customer_auth.base.errors import WrongSession

_MAX_LENGTH = 512
_PARTS = 6
_MAX_DIGITS = 12  # of a key version, which is a time in epoch seconds, and of a generation


class RefreshToken(NamedTuple):
    """A genuine refresh token; whether it is the newest of its family, only the table can tell."""

    customer_id: str
    family: str
    derivation_key_version: int
    generation: int
    secret: bytes

    @property
    def secret_hash(self) -> bytes:
        """What the table stores of the token."""
        return ids.sha256(self.secret)

    def successor(self, sibling: int = 0) -> "RefreshToken":
        """The token that this one is exchanged for, or its nth sibling. Raises: WrongSession (the derivation key is gone), aws.Failed."""
        generation = self.generation + 1
        secret = ids.hmac_sha256(_derivation_key(self.derivation_key_version), "refresh-secret", self.secret, str(generation), str(sibling))
        return self._replace(generation=generation, secret=secret)

    def text(self) -> str:
        """The token as the client receives it. Raises: WrongSession (the derivation key is gone), aws.Failed."""
        body = f"{self.customer_id}.{self.family}.{self.derivation_key_version}.{self.generation}.{ids.base64url(self.secret)}"
        return f"{body}.{_tag(body, self.derivation_key_version)}"


def authenticate(text: str) -> RefreshToken:
    """Parse a refresh token and verify that we issued it. Raises: WrongSession, aws.Failed."""
    body, _, tag = text.rpartition(".")
    parts = body.split(".") if len(text) <= _MAX_LENGTH and text.isascii() else []
    if len(parts) != _PARTS - 1 or not all(_is_number(number) for number in parts[2:4]):
        raise WrongSession("form")
    customer_id, family, version, generation, secret = parts
    if not hmac.compare_digest(tag, _tag(body, int(version))):
        raise WrongSession("tag")
    return RefreshToken(customer_id, family, int(version), int(generation), ids.from_base64url(secret) or b"")


def _tag(body: str, derivation_key_version: int) -> str:
    return ids.base64url(ids.hmac_sha256(_derivation_key(derivation_key_version), "refresh-tag", body))


def _derivation_key(version: int) -> bytes:
    derivation_key = secret_keys.derivation_key(version)
    if derivation_key is None:
        raise WrongSession("derivation_key")
    return derivation_key


def _is_number(text: str) -> bool:
    return text.isdigit() and len(text) <= _MAX_DIGITS
