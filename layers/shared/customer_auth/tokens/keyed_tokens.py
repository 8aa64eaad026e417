"""Short-lived tokens that are stored nowhere: they contain what they name, their time of issue, and an HMAC that nobody else can compute.

part . … . time of issue . derivation key version . tag, where tag = HMAC-SHA256(derivation key, use ‖ everything before it). So a token of
one use is invalid for every other.
"""

import hmac

from customer_auth.aws import secret_keys
from customer_auth.base import clock, ids

_MAX_LENGTH = 200
_MAX_DIGITS = 12  # of a time in epoch seconds


def issue(use: str, *parts: str) -> str:
    """A token that contains these parts; no part may contain a dot. Raises: aws.Failed."""
    version = secret_keys.derivation_key_version()
    body = ".".join([*parts, str(clock.now()), str(version)])
    return f"{body}.{_tag(use, body, version)}"


def verify(use: str, text: str, *, parts: int, life_seconds: int) -> list[str] | None:
    """The parts of a genuine token that has not expired, None for any other text; `parts` is their number. Raises: aws.Failed."""
    body, _, tag = text.rpartition(".")
    members = body.split(".") if len(text) <= _MAX_LENGTH and text.isascii() else []
    if len(members) != parts + 2 or not all(number.isdigit() and len(number) <= _MAX_DIGITS for number in members[parts:]):
        return None
    issued_at, version = int(members[parts]), int(members[parts + 1])
    expected_tag = _tag(use, body, version)
    if expected_tag is None or not hmac.compare_digest(tag, expected_tag) or clock.now() - issued_at >= life_seconds:
        return None
    return members[:parts]


def _tag(use: str, body: str, version: int) -> str | None:
    derivation_key = secret_keys.derivation_key(version)
    return None if derivation_key is None else ids.base64url(ids.hmac_sha256(derivation_key, use, body))
