"""Tokens that providers sign: a header that leaves nothing to choose, a published key, and the claims that all of them share.

The key is one that the provider publishes under the token's `kid`, and its type fixes the algorithm (RFC 8725 §3.1): what the token's own
header says can only agree. Keys inside the token and critical extensions are refused, for nothing of a provider needs them.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from customer_auth.base import clock
from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.tokens import strict_jws
from customer_auth.tokens.strict_jws import InvalidToken

ALGORITHMS = ("RS256", "ES256")  # never none, never one with a shared secret
SKEW_SECONDS = 60  # how far a provider's clock may be ahead
_MAX_LENGTH = 16 * 1024
_MAX_IDENTIFIER = 255  # ASCII characters (OpenID Connect Core §2, of `sub`)
# RFC 7515 §4.1, RFC 7797: a token that brings its own key, or wants to be read in another way.
_REFUSED_HEADERS = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64"})


class VerificationKey(NamedTuple):
    """A provider's public key, and the one algorithm that it verifies."""

    algorithm: str
    public: RSAPublicKey | EllipticCurvePublicKey


# The key that the provider publishes under this `kid`, or None.
type FindKey = Callable[[str], VerificationKey | None]


def claims(token: str, find_key: FindKey, types: Collection[str] = ("jwt",)) -> dict[str, Any]:
    """The claims of a token with a valid signature; nothing is known of them but that the provider signed them.

    `types` are the values of `typ` that are accepted, in lower case; a token without one is accepted too.
    Raises: WrongProviderProof, and what `find_key` raises.
    """
    try:
        header, payload = strict_jws.parts(token, _MAX_LENGTH)
        _check_header(header, types)
        key = _key(header, find_key)
        strict_jws.check_signature(token, key.public, key.algorithm)
    except InvalidToken as invalid:
        raise WrongProviderProof(f"token_{invalid}") from None
    return payload


def audiences(payload: Mapping[str, Any], client_ids: Collection[str]) -> list[Any]:
    """Whom a token is for by `aud`, a text or a list (RFC 7519 §4.1.3), one of our clients among them. Raises: WrongProviderProof."""
    value = payload.get("aud")
    audience = [value] if isinstance(value, str) else value
    if not isinstance(audience, list) or not any(each in client_ids for each in audience if isinstance(each, str)):
        raise WrongProviderProof("token_aud")
    return audience


def check_times(payload: Mapping[str, Any], *, has_end: bool = True) -> None:
    """Check `iat`, `nbf` if there is one, and `exp` if there must be one (RFC 7519 §4.1.4-6). Raises: WrongProviderProof."""
    now = clock.now()
    begins = [payload.get("iat"), payload.get("nbf", 0)]
    if any(type(each) is not int or each > now + SKEW_SECONDS for each in begins):  # a bool is an int too
        raise WrongProviderProof("token_iat")
    if has_end and (type(payload.get("exp")) is not int or payload["exp"] <= now):
        raise WrongProviderProof("token_exp")


def identifier(value: object, name: str = "sub") -> str:
    """A text that names something for ever and in every byte, like an account (OpenID Connect Core §2). Raises: WrongProviderProof."""
    if isinstance(value, str) and 0 < len(value) <= _MAX_IDENTIFIER and value.isascii() and value.isprintable():
        return value
    raise WrongProviderProof(f"token_{name}")


def _check_header(header: Mapping[str, Any], types: Collection[str]) -> None:
    """Check what can be known before the key. Raises: InvalidToken."""
    if header.get("alg") not in ALGORITHMS:
        raise InvalidToken("alg")
    if header.keys() & _REFUSED_HEADERS or not isinstance(header.get("kid"), str):
        raise InvalidToken("header")
    if "typ" in header and str(header["typ"]).lower() not in types:  # one kind of token is no other (RFC 8725 §3.11)
        raise InvalidToken("typ")


def _key(header: Mapping[str, Any], find_key: FindKey) -> VerificationKey:
    """The published key that the header names. Raises: InvalidToken, and what `find_key` raises."""
    key = find_key(header["kid"])
    if key is None:
        raise InvalidToken("kid")
    if key.algorithm != header["alg"]:
        raise InvalidToken("alg")
    return key
