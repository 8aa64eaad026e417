"""What a registration gives: a token that opens its customer, once, within half an hour.

registration . second of issue . pepper version . tag, where tag = HMAC(pepper, all before).
"""

import hmac

from customer_auth import clock, ids, vault
from customer_auth.errors import NotAuthenticated

LIFE_SECONDS = 30 * clock.MINUTE
_PARTS = 4
_LONGEST = 200


def issue(registration_id: str) -> str:
    """What opens the registration's customer, for LIFE_SECONDS. Raises: aws.Failed."""
    version = vault.pepper_version()
    body = f"{registration_id}.{clock.now()}.{version}"
    return f"{body}.{_tag(body, version)}"


def check(text: str, issuer: str) -> str:  # noqa: ARG001 (as access tokens are checked)
    """The registration that a token is of. Raises: NotAuthenticated, aws.Failed."""
    body, _, tag = text.rpartition(".")
    parts = body.split(".") if len(text) <= _LONGEST and text.isascii() else []
    if len(parts) != _PARTS - 1 or not all(part.isdigit() and len(part) <= 12 for part in parts[1:]):  # noqa: PLR2004 (seconds)
        raise NotAuthenticated("form")
    registration_id, issued_at, version = parts[0], int(parts[1]), int(parts[2])
    if not hmac.compare_digest(tag, _tag(body, version)) or clock.now() - issued_at >= LIFE_SECONDS:
        raise NotAuthenticated("registration_token")
    return registration_id


def _tag(body: str, version: int) -> str:
    pepper = vault.pepper(version)
    if pepper is None:
        raise NotAuthenticated("pepper")
    return ids.base64url(ids.keyed(pepper, "registration-token", body))
