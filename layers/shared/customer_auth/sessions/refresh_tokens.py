"""Refresh tokens: a keyed chain, of which the table holds a number and two hashes (RFC 9700 §4.14.2, rotation).

customer . family . pepper version . generation . secret . tag, where secret n+1 = HMAC(pepper, secret n ‖ n+1 ‖ sibling) and
tag = HMAC(pepper, all before). A token proves itself genuine by its tag, so made-up ones cost one HMAC and end nobody's session. The
token that was used last computes its successor again, or a sibling of it, so a lost answer costs nobody the session (`renewals`). A dump of
the table and the pepper opens nothing.
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
    pepper_version: int
    generation: int
    secret: bytes

    @property
    def secret_hash(self) -> bytes:
        """What the table keeps of it."""
        return ids.sha256(self.secret)

    def successor(self, sibling: int = 0) -> "RefreshToken":
        """The token that this one is exchanged for, or the nth in its place. Raises: WrongSession (its pepper is gone), aws.Failed."""
        generation = self.generation + 1
        secret = ids.keyed(_pepper(self.pepper_version), "refresh-secret", self.secret, str(generation), str(sibling))
        return self._replace(generation=generation, secret=secret)

    def text(self) -> str:
        """What the client holds. Raises: WrongSession (its pepper is gone), aws.Failed."""
        body = f"{self.customer_id}.{self.family}.{self.pepper_version}.{self.generation}.{ids.base64url(self.secret)}"
        return f"{body}.{_tag(body, self.pepper_version)}"


def genuine(text: str) -> RefreshToken:
    """The token that `text` is, if we made it. Raises: WrongSession, aws.Failed."""
    body, _, tag = text.rpartition(".")
    parts = body.split(".") if len(text) <= _LONGEST and text.isascii() else []
    if len(parts) != _PARTS - 1 or not all(_is_number(number) for number in parts[2:4]):
        raise WrongSession("form")
    customer_id, family, version, generation, secret = parts
    if not hmac.compare_digest(tag, _tag(body, int(version))):
        raise WrongSession("tag")
    return RefreshToken(customer_id, family, int(version), int(generation), ids.from_base64url(secret) or b"")


def _tag(body: str, pepper_version: int) -> str:
    return ids.base64url(ids.keyed(_pepper(pepper_version), "refresh-tag", body))


def _pepper(version: int) -> bytes:
    pepper = secret_keys.pepper(version)
    if pepper is None:
        raise WrongSession("pepper")
    return pepper


def _is_number(text: str) -> bool:
    return text.isdigit() and len(text) <= 12  # noqa: PLR2004 (a second or a count; no integer too long to read)
