"""What well-behaved providers send by themselves: claims to be signed, which tests change."""

import json
from typing import Any

from customer_auth.base import clock
from tests.harness.hostile_provider import changed

RISC = "https://schemas.openid.net/secevent/risc/event-type/"
OAUTH = "https://schemas.openid.net/secevent/oauth/event-type/"


def google_claims(issuer: str, client_id: str, sub: str, *events: str, **changes: Any) -> dict[str, Any]:
    """The claims of a security event token with these events (`account-disabled`), all about one account."""
    subject = {"subject_type": "iss-sub", "iss": f"{issuer}/", "sub": sub}
    content = {f"{OAUTH if event.startswith('token') else RISC}{event}": {"subject": subject} for event in events}
    return changed({"iss": f"{issuer}/", "aud": client_id, "iat": clock.now(), "jti": "756E69717565", "events": content}, changes)


def apple_claims(issuer: str, client_id: str, sub: str, kind: str, **changes: Any) -> dict[str, Any]:
    """The claims of a notification, its event as the text that Apple sends."""
    now = clock.now()
    event = {"type": kind, "sub": sub, "event_time": now * 1000 + 123}
    if kind.startswith("email"):
        event |= {"email": "x@privaterelay.appleid.com", "is_private_email": "true"}
    claims = {"iss": issuer, "aud": client_id, "iat": now, "exp": now + 86_400, "jti": "abede", "events": json.dumps(event)}
    return changed(claims, changes)
