"""Verification sessions: each names the pending verification of one number, for half an hour, and is stored nowhere.

base64url(secret ‖ end ‖ challenge ‖ tag): 32 + 5 + 33 + 16 bytes, where tag = HMAC(index key, "verification-session" ‖ everything before
it). So the pending code is found without a read, and only values of our own are accepted. What a guest has proven is stored under the
SHA-256 of the value (`guest_proof_items`): whoever reads the table cannot present it.
"""

import hmac
import secrets
from typing import NamedTuple

from customer_auth.aws import secret_keys
from customer_auth.base import clock, ids

LIFE_SECONDS = 30 * clock.MINUTE
_SECRET_BYTES = 32
_TIME_BYTES = 5
_CHALLENGE_BYTES = 33
_TAG_BYTES = 16
_BYTES = _SECRET_BYTES + _TIME_BYTES + _CHALLENGE_BYTES + _TAG_BYTES


class VerificationSession(NamedTuple):
    """A genuine session that has not expired; `text` is what its client holds."""

    text: str
    challenge: str
    expires_at: int

    @property
    def hash(self) -> bytes:
        """What a guest's proof is stored under."""
        return ids.sha256(self.text.encode())


def begin(challenge: str) -> VerificationSession:
    """A new session for the code that was just requested. Raises: aws.Failed."""
    expires_at = clock.now() + LIFE_SECONDS
    raw_challenge = ids.from_base64url(challenge) or b""
    body = secrets.token_bytes(_SECRET_BYTES) + expires_at.to_bytes(_TIME_BYTES, "big") + raw_challenge
    return VerificationSession(ids.base64url(body + _tag(body)), challenge, expires_at)


def find(text: str | None) -> VerificationSession | None:
    """The session of this value; None for one that is not ours, was changed, or has expired. Raises: aws.Failed."""
    raw = ids.from_base64url(text) if text else None
    if text is None or raw is None or len(raw) != _BYTES:
        return None
    body, tag = raw[:-_TAG_BYTES], raw[-_TAG_BYTES:]
    expires_at = int.from_bytes(body[_SECRET_BYTES : _SECRET_BYTES + _TIME_BYTES], "big")
    if not hmac.compare_digest(tag, _tag(body)) or expires_at <= clock.now():
        return None
    return VerificationSession(text, ids.base64url(body[-_CHALLENGE_BYTES:]), expires_at)


def _tag(body: bytes) -> bytes:
    return ids.hmac_sha256(secret_keys.index_key(), "verification-session", body)[:_TAG_BYTES]
