"""Google as an OpenID provider.

Google is an authority for an email only if it is Gmail's, or verified and of a Workspace domain (`hd`). Any other address was verified
once, and may have changed its owner since (developers.google.com/identity, "Verify the Google ID token on your server side").
"""

from collections.abc import Callable, Mapping
from typing import Any

from customer_auth.base import provider_settings
from customer_auth.social.discovery import Endpoints
from customer_auth.social.openid import OpenIdProvider, says_verified

NAME = provider_settings.GOOGLE
ISSUER = "https://accounts.google.com"
ENDPOINTS = Endpoints(
    authorization="https://accounts.google.com/o/oauth2/v2/auth",
    token="https://oauth2.googleapis.com/token",  # noqa: S106 (an address)
    jwks="https://www.googleapis.com/oauth2/v3/certs",
    revocation="https://oauth2.googleapis.com/revoke",
)


def provider(client_id: str, client_secret: Callable[[], str], issuer: str = ISSUER) -> OpenIdProvider:
    """Google, or whoever acts as Google at another issuer; `client_secret` is called when the secret is needed."""
    return OpenIdProvider(
        name=NAME,
        issuer=issuer,
        client_id=client_id,
        client_secret=client_secret,
        is_verified=is_verified,
        endpoints=ENDPOINTS if issuer == ISSUER else None,
    )


def is_verified(claims: Mapping[str, Any]) -> bool:
    """Whether Google vouches that the person has this email address now."""
    domain = claims.get("hd")
    has_authority = str(claims.get("email")).lower().endswith("@gmail.com") or (isinstance(domain, str) and bool(domain))
    return says_verified(claims) and has_authority
