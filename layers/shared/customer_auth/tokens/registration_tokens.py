"""What a registration gives: a token that opens its customer, once, within half an hour.

It names the registration and a fingerprint of its password, by which a reset, which gives the registration another password, ends the
tokens of whoever had the old one.
"""

import hmac
from typing import NamedTuple

from customer_auth.base import clock, ids
from customer_auth.base.errors import NotAuthenticated
from customer_auth.tokens import keyed_tokens

LIFE_SECONDS = 30 * clock.MINUTE
_USE = "registration-token"
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
    return keyed_tokens.issue(_USE, registration_id, _fingerprint(password_hash))


def check(text: str, issuer: str) -> Opening:  # noqa: ARG001 (as access tokens are checked)
    """The registration that a token is of. Raises: NotAuthenticated, aws.Failed."""
    found = keyed_tokens.check(_USE, text, parts=2, life_seconds=LIFE_SECONDS)
    if found is None:
        raise NotAuthenticated("registration_token")
    return Opening(*found)


def _fingerprint(password_hash: str) -> str:
    return ids.base64url(ids.sha256(password_hash.encode())[:_FINGERPRINT_BYTES])
