"""What a registration gives: a token that opens its customer, once, within half an hour.

registration . fingerprint of its password . second of issue . pepper version . tag, where tag = HMAC(pepper, all before). By the
fingerprint a reset, which gives the registration another password, ends the tokens of whoever had the old one.
"""

import hmac
from typing import NamedTuple

from customer_auth import clock, ids, vault
from customer_auth.errors import NotAuthenticated

LIFE_SECONDS = 30 * clock.MINUTE
_PARTS = 5
_LONGEST = 200
_FINGERPRINT_BYTES = 9


class Opening(NamedTuple):
    """Which registration a genuine token is of, and of which of its passwords."""

    registration_id: str
    fingerprint: str

    def is_of(self, password_hash: str) -> bool:
        """Whether the registration still has the password that it had then."""
        return hmac.compare_digest(self.fingerprint, _fingerprint(password_hash))


def issue(registration_id: str, password_hash: str) -> str:
    """What opens the registration's customer, for LIFE_SECONDS. Raises: aws.Failed."""
    version = vault.pepper_version()
    body = f"{registration_id}.{_fingerprint(password_hash)}.{clock.now()}.{version}"
    return f"{body}.{_tag(body, version)}"


def check(text: str, issuer: str) -> Opening:  # noqa: ARG001 (as access tokens are checked)
    """The registration that a token is of. Raises: NotAuthenticated, aws.Failed."""
    body, _, tag = text.rpartition(".")
    parts = body.split(".") if len(text) <= _LONGEST and text.isascii() else []
    if len(parts) != _PARTS - 1 or not all(part.isdigit() and len(part) <= 12 for part in parts[2:]):  # noqa: PLR2004 (seconds)
        raise NotAuthenticated("form")
    issued_at, version = int(parts[2]), int(parts[3])
    if not hmac.compare_digest(tag, _tag(body, version)) or clock.now() - issued_at >= LIFE_SECONDS:
        raise NotAuthenticated("registration_token")
    return Opening(parts[0], parts[1])


def _fingerprint(password_hash: str) -> str:
    return ids.base64url(ids.sha256(password_hash.encode())[:_FINGERPRINT_BYTES])


def _tag(body: str, version: int) -> str:
    pepper = vault.pepper(version)
    if pepper is None:
        raise NotAuthenticated("pepper")
    return ids.base64url(ids.keyed(pepper, "registration-token", body))
