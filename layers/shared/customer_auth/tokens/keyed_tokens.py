"""Short-lived tokens that no table holds: what they name, the second of their issue and a keyed tag, which nobody else can make.

part . … . second of issue . derivation_key version . tag, where tag = HMAC(derivation_key, all before), for one use alone.
"""

import hmac

from customer_auth.aws import secret_keys
from customer_auth.base import clock, ids

_LONGEST = 200
_LONGEST_NUMBER = 12  # digits of a second


def issue(use: str, *parts: str) -> str:
    """A token that names these parts, none of which has a dot. Raises: aws.Failed."""
    version = secret_keys.derivation_key_version()
    body = ".".join([*parts, str(clock.now()), str(version)])
    return f"{body}.{_tag(use, body, version)}"


def check(use: str, text: str, *, parts: int, life_seconds: int) -> list[str] | None:
    """What a genuine token names, while it lives; None for any other text. Raises: aws.Failed."""
    body, _, tag = text.rpartition(".")
    found = body.split(".") if len(text) <= _LONGEST and text.isascii() else []
    if len(found) != parts + 2 or not all(each.isdigit() and len(each) <= _LONGEST_NUMBER for each in found[parts:]):
        return None
    issued_at, version = int(found[parts]), int(found[parts + 1])
    made = _tag(use, body, version)
    if made is None or not hmac.compare_digest(tag, made) or clock.now() - issued_at >= life_seconds:
        return None
    return found[:parts]


def _tag(use: str, body: str, version: int) -> str | None:
    derivation_key = secret_keys.derivation_key(version)
    return None if derivation_key is None else ids.base64url(ids.hmac_sha256(derivation_key, use, body))
