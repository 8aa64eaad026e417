"""Refresh tokens: a keyed chain, of which the table holds a number and two hashes (RFC 9700 §4.14.2, rotation).

customer . family . key version . generation . secret . tag, where secret n+1 = HMAC(derivation key, secret n ‖ n+1 ‖ sibling) and
tag = HMAC(derivation key, everything before it). The tag authenticates a token, so a made-up one costs one HMAC and ends nobody's session.
The token that was used last computes its successor again, or a sibling of it, so a lost answer costs nobody the session. A dump of the
table together with the derivation key opens nothing.
"""

import hmac
from typing import NamedTuple

from customer_auth.aws import secret_keys
from customer_auth.base import ids
from customer_auth.base.errors import WrongSession

_LONGEST = 512
_PARTS = 6


class RefreshToken(NamedTuple):
    """A genuine refresh token of ours; whether it is the newest of its family is the table's to say."""

    customer_id: str
    family: str
    derivation_key_version: int
    generation: int
    secret: bytes

    @property
    def secret_hash(self) -> bytes:
        """What the table keeps of it."""
        return ids.sha256(self.secret)

    def successor(self, sibling: int = 0) -> "RefreshToken":
        """The token that this one is exchanged for, or its nth sibling. Raises: WrongSession (the derivation key is gone), aws.Failed."""
        generation = self.generation + 1
        secret = ids.hmac_sha256(_derivation_key(self.derivation_key_version), "refresh-secret", self.secret, str(generation), str(sibling))
        return self._replace(generation=generation, secret=secret)

    def text(self) -> str:
        """What the client holds. Raises: WrongSession (its derivation key is gone), aws.Failed."""
        body = f"{self.customer_id}.{self.family}.{self.derivation_key_version}.{self.generation}.{ids.base64url(self.secret)}"
        return f"{body}.{_tag(body, self.derivation_key_version)}"


def authenticate(text: str) -> RefreshToken:
    """The token that `text` is, if we made it. Raises: WrongSession, aws.Failed."""
    body, _, tag = text.rpartition(".")
    parts = body.split(".") if len(text) <= _LONGEST and text.isascii() else []
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
    return text.isdigit() and len(text) <= 12  # noqa: PLR2004 (a second or a count; no integer too long to read)
