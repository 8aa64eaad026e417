"""Registration tokens: a registration with a password returns one, which creates its customer, once, within half an hour.

A token contains the registration's id and a fingerprint of its password. When a reset gives the registration another password, the tokens
that were issued with the old one become invalid.
"""

import hmac
from typing import NamedTuple

from customer_auth.base import clock, ids
from customer_auth.base.errors import NotAuthenticated
from customer_auth.tokens import keyed_tokens

LIFE_SECONDS = 30 * clock.MINUTE
_USE = "registration-token"
_FINGERPRINT_BYTES = 9


class RegistrationToken(NamedTuple):
    """The content of a genuine token."""

    registration_id: str
    fingerprint: str

    def is_of(self, password_hash: str) -> bool:
        """Whether the token was issued while the registration had this password."""
        return hmac.compare_digest(self.fingerprint, _fingerprint(password_hash))


def issue(registration_id: str, password_hash: str) -> str:
    """A token that creates the registration's customer, valid for LIFE_SECONDS. Raises: aws.Failed."""
    return keyed_tokens.issue(_USE, registration_id, _fingerprint(password_hash))


def verify(text: str, issuer: str) -> RegistrationToken:  # noqa: ARG001 (the signature of every function that authenticates callers)
    """The content of a valid token. Raises: NotAuthenticated, aws.Failed."""
    parts = keyed_tokens.verify(_USE, text, parts=2, life_seconds=LIFE_SECONDS)
    if parts is None:
        raise NotAuthenticated("registration_token")
    return RegistrationToken(*parts)


def _fingerprint(password_hash: str) -> str:
    return ids.base64url(ids.sha256(password_hash.encode())[:_FINGERPRINT_BYTES])
