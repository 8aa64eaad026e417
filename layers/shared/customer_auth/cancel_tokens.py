"""By what the deletion of an account without a verified address is cancelled: given to who has just signed in and was refused for it.

customer . request . second of issue . pepper version . tag, where tag = HMAC(pepper, all before).
"""

import hmac

from customer_auth import clock, ids, vault
from customer_auth.errors import WrongCode

LIFE_SECONDS = 30 * clock.MINUTE
_PARTS = 5
_LONGEST = 200


def issue(customer_id: str, request_id: str) -> str:
    """What cancels this request, for LIFE_SECONDS. Raises: aws.Failed."""
    version = vault.pepper_version()
    body = f"{customer_id}.{request_id}.{clock.now()}.{version}"
    return f"{body}.{_tag(body, version)}"


def is_one(text: str) -> bool:
    """Whether the text is meant as one, and not as a challenge."""
    return text.startswith("cus_")


def check(text: str) -> tuple[str, str]:
    """Whose deletion a token cancels, and which. Raises: WrongCode, aws.Failed."""
    body, _, tag = text.rpartition(".")
    parts = body.split(".") if len(text) <= _LONGEST and text.isascii() else []
    if len(parts) != _PARTS - 1 or not all(part.isdigit() and len(part) <= 12 for part in parts[2:]):  # noqa: PLR2004 (seconds)
        raise WrongCode("form")
    issued_at, version = int(parts[2]), int(parts[3])
    if not hmac.compare_digest(tag, _tag(body, version)) or clock.now() - issued_at >= LIFE_SECONDS:
        raise WrongCode("cancel_token")
    return parts[0], parts[1]


def _tag(body: str, version: int) -> str:
    pepper = vault.pepper(version)
    if pepper is None:
        raise WrongCode("pepper_gone")
    return ids.base64url(ids.keyed(pepper, "cancel-token", body))
