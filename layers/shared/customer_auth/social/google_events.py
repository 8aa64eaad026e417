"""What Google sends by itself about accounts: security event tokens (RFC 8417) of Cross-Account Protection (RISC).

They have no `exp`, so an old one is refused by `iat`, and a repeated one must be recognised by `jti`. Their issuer ends with a slash, which
that of ID tokens does not (developers.google.com/identity/protocols/risc): neither kind of token is ever taken for the other.
"""

import re
from collections.abc import Collection
from typing import Any, NamedTuple

from customer_auth.base import clock
from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.social import signed_tokens
from customer_auth.social.signed_tokens import FindKey

# A token that could not be delivered is repeated for days. One that is older is nobody's delivery.
MAX_AGE_SECONDS = 7 * clock.DAY
_TYPES = ("secevent+jwt", "jwt")
_EVENT = re.compile(r"https://schemas\.openid\.net/secevent/(?:risc|oauth)/event-type/([a-z-]{1,64})")


class AccountEvent(NamedTuple):
    """What happened, like `account-disabled`, and to which account; some events (`verification`, `token-revoked`) name none."""

    type: str
    sub: str | None


class SecurityEvents(NamedTuple):
    """The events of one token, of which second; `jti` is the same when the token is delivered again."""

    jti: str
    events: list[AccountEvent]
    issued_at: int


def verify(token: str, find_key: FindKey, *, issuer: str, client_ids: Collection[str]) -> SecurityEvents:
    """The events of a genuine token that is at most 7 days old; events of other kinds are left out.

    `issuer` is that of Google's ID tokens. Raises: WrongProviderProof, and what `find_key` raises.
    """
    claims = signed_tokens.claims(token, find_key, _TYPES)
    if claims.get("iss") != f"{issuer}/":
        raise WrongProviderProof("token_iss")
    signed_tokens.audiences(claims, client_ids)
    signed_tokens.check_times(claims, has_end="exp" in claims)
    if claims["iat"] < clock.now() - MAX_AGE_SECONDS:
        raise WrongProviderProof("token_iat")
    events = claims.get("events")
    if not isinstance(events, dict) or not events:
        raise WrongProviderProof("token_events")
    matches = [(_EVENT.fullmatch(uri), event) for uri, event in events.items()]
    known = [AccountEvent(match[1], _sub(event, issuer)) for match, event in matches if match]
    return SecurityEvents(signed_tokens.identifier(claims.get("jti"), "jti"), known, claims["iat"])


def _sub(event: Any, issuer: str) -> str | None:
    """The account of this issuer that an event is about, or None. Raises: WrongProviderProof."""
    subject = event.get("subject") if isinstance(event, dict) else None
    if not isinstance(subject, dict) or subject.get("subject_type") != "iss-sub" or subject.get("iss") not in (issuer, f"{issuer}/"):
        return None
    return signed_tokens.identifier(subject.get("sub"))
