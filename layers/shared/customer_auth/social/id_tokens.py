"""ID tokens: what a provider says of the person who has just signed in, checked as OpenID Connect Core §3.1.3.7 asks and no looser."""

import hmac
from collections.abc import Mapping
from typing import Any

from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.social import signed_tokens
from customer_auth.social.signed_tokens import FindKey


def verify(token: str, find_key: FindKey, *, issuer: str, client_id: str, nonce: str) -> dict[str, Any]:
    """The claims of an ID token that `issuer` has issued to us for the sign-in of this nonce, with a `sub` that can be relied on.

    Raises: WrongProviderProof, and what `find_key` raises.
    """
    claims = signed_tokens.claims(token, find_key)
    if claims.get("iss") != issuer:
        raise WrongProviderProof("token_iss")
    _check_party(claims, client_id)
    signed_tokens.check_times(claims)
    if not isinstance(claims.get("nonce"), str) or not hmac.compare_digest(claims["nonce"].encode(errors="replace"), nonce.encode()):
        raise WrongProviderProof("token_nonce")
    signed_tokens.identifier(claims.get("sub"))
    return claims


def _check_party(claims: Mapping[str, Any], client_id: str) -> None:
    """Check that the token was issued to us: one for several audiences must say so by `azp`, and no `azp` may name another."""
    several = len(signed_tokens.audiences(claims, [client_id])) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise WrongProviderProof("token_azp")
