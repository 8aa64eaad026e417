"""What Apple sends by itself about accounts: one event in a signed token.

Apple documents the claim `events` as an object and sends it as a text that holds one (developer.apple.com, "Processing changes for Sign in
with Apple accounts"). The endpoint is registered at a team's primary App ID, so the audience is that or the Services ID of the web.
"""

import re
from collections.abc import Collection
from typing import Any, NamedTuple

from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.social import signed_tokens
from customer_auth.social.signed_tokens import FindKey
from customer_auth.tokens import strict_jws
from customer_auth.tokens.strict_jws import InvalidToken

_TYPE = re.compile(r"[a-z-]{1,64}")
_MILLISECONDS = 1000


class AppleEvent(NamedTuple):
    """What happened, like `consent-revoked`, to which account and when (epoch seconds); `jti` is the same when it is delivered again."""

    jti: str
    type: str
    sub: str
    event_at: int


def verify(payload: str, find_key: FindKey, *, issuer: str, audiences: Collection[str]) -> AppleEvent:
    """The event of a genuine token for one of the audiences. Raises: WrongProviderProof, and what `find_key` raises."""
    claims = signed_tokens.claims(payload, find_key)
    if claims.get("iss") != issuer:
        raise WrongProviderProof("token_iss")
    signed_tokens.audiences(claims, audiences)
    signed_tokens.check_times(claims)
    event = _object(claims.get("events"))
    kind, at = event.get("type"), event.get("event_time")
    if not isinstance(kind, str) or not _TYPE.fullmatch(kind) or type(at) is not int or at < 0:
        raise WrongProviderProof("token_events")
    jti = signed_tokens.identifier(claims.get("jti"), "jti")
    return AppleEvent(jti, kind, signed_tokens.identifier(event.get("sub")), at // _MILLISECONDS)


def _object(events: object) -> dict[str, Any]:
    """The event, whether it is an object or its JSON. Raises: WrongProviderProof."""
    if isinstance(events, dict):
        return events
    try:
        return strict_jws.json_object(events if isinstance(events, str) else "")
    except InvalidToken:
        raise WrongProviderProof("token_events") from None
