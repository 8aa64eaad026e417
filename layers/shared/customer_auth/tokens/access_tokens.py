"""Access tokens: JWTs by RFC 9068 (`typ` at+jwt, RS256), signed locally and verified more strictly than libraries do by default.

Only tokens in the exact form that we issue are accepted: our header members and no others, one audience, every claim present and of its
type, and canonical base64url. That rules out the confusions that RFC 8725 describes.
"""

from typing import Any, NamedTuple

from jwt.api_jws import PyJWS
from pydantic_core import to_json

from customer_auth.base import clock, settings
from customer_auth.tokens import keyring, strict_jws
from customer_auth.tokens.strict_jws import InvalidToken

ALGORITHM = "RS256"
TYPE = "at+jwt"
_MAX_LENGTH = 4096
# How far the clocks of two containers may differ.
_SKEW_SECONDS = 60
_JWS = PyJWS()


class Claims(NamedTuple):
    """The claims of an access token (RFC 9068 §2.2; RFC 8176 for `amr`). Times are in epoch seconds."""

    iss: str
    sub: str
    aud: str
    exp: int
    iat: int
    jti: str
    sid: str
    auth_time: int
    amr: list[str]
    roles: list[str]


def issue(claims: Claims) -> str:
    """A signed token with these claims. Raises: Unavailable, aws.Failed."""
    signer = keyring.signer()
    return _JWS.encode(to_json(claims._asdict()), signer.key, ALGORITHM, headers={"typ": TYPE, "kid": signer.kid})


def verify(token: str, issuer: str) -> Claims:
    """The claims of a token that `issuer` signed for our audience and that has not expired. Raises: InvalidToken, aws.Failed."""
    header, payload = strict_jws.parts(token, _MAX_LENGTH)
    if header.keys() != {"alg", "typ", "kid"} or header["alg"] != ALGORITHM or header["typ"] != TYPE or not isinstance(header["kid"], str):
        raise InvalidToken("header")
    key = keyring.public_key(header["kid"])
    if key is None:
        raise InvalidToken("kid")
    strict_jws.check_signature(token, key, ALGORITHM)
    claims = _claims(payload)
    now = clock.now()
    if claims.iss != issuer or claims.aud != settings.service().audience:
        raise InvalidToken("iss_aud")
    if claims.exp <= now or claims.iat > now + _SKEW_SECONDS:
        raise InvalidToken("time")
    return claims


def _claims(payload: dict[str, Any]) -> Claims:
    """The claims of a payload. Raises: InvalidToken unless it has exactly our claims, each of its type."""
    if payload.keys() != set(Claims._fields):
        raise InvalidToken("claims")
    texts, times, lists = ("iss", "sub", "aud", "jti", "sid"), ("exp", "iat", "auth_time"), ("amr", "roles")
    if not (
        all(isinstance(payload[name], str) for name in texts)
        and all(type(payload[name]) is int for name in times)  # a bool is an int too
        and all(isinstance(payload[name], list) and all(isinstance(entry, str) for entry in payload[name]) for name in lists)
    ):
        raise InvalidToken("types")
    return Claims(**payload)
