"""Access tokens: RS256 JWTs of RFC 9068 (`typ` at+jwt), signed locally, checked more strictly than any library does by default.

Only what we issue ourselves is accepted: exactly our header members, exactly one audience, every claim present and of its type, one
spelling of each part. So there is nothing to confuse (RFC 8725).
"""

import json
from typing import Any, NamedTuple

import jwt
from jwt.api_jws import PyJWS

from customer_auth.base import clock, ids, settings
from customer_auth.tokens import keyring

ALGORITHM = "RS256"
TYPE = "at+jwt"
_LONGEST = 4096
_PARTS = 3
# Clocks of two containers may differ by this much.
_SKEW_SECONDS = 60


class BadToken(Exception):
    """Not one of our valid access tokens."""


class Claims(NamedTuple):
    """What an access token says (RFC 9068 §2.2, RFC 8176 for `amr`). Times in epoch seconds."""

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
    """The signed token. Raises: Unavailable, aws.Failed."""
    signer = keyring.signer()
    return jwt.encode(claims._asdict(), signer.key, algorithm=ALGORITHM, headers={"typ": TYPE, "kid": signer.kid})


def check(token: str, issuer: str) -> Claims:
    """The claims of a token that `issuer` signed for our audience and that has not expired. Raises: BadToken, aws.Failed."""
    header, payload = _parts(token)
    if header.keys() != {"alg", "typ", "kid"} or header["alg"] != ALGORITHM or header["typ"] != TYPE or not isinstance(header["kid"], str):
        raise BadToken("header")
    key = keyring.public_key(header["kid"])
    if key is None:
        raise BadToken("kid")
    try:
        PyJWS(algorithms=[ALGORITHM]).decode(token, key, algorithms=[ALGORITHM])
    except jwt.PyJWTError:
        raise BadToken("signature") from None
    claims = _claims(payload)
    now = clock.now()
    if claims.iss != issuer or claims.aud != settings.service().audience:
        raise BadToken("iss_aud")
    if claims.exp <= now or claims.iat > now + _SKEW_SECONDS:
        raise BadToken("time")
    return claims


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    parts = token.split(".") if len(token) <= _LONGEST else []
    if len(parts) != _PARTS:
        raise BadToken("form")
    raw = [ids.from_base64url(part) for part in parts]
    if None in raw:
        raise BadToken("base64url")
    return _object(raw[0] or b""), _object(raw[1] or b"")


def _object(raw: bytes) -> dict[str, Any]:
    """A JSON object in which every name stands once."""
    try:
        value = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise BadToken("json") from None
    if not isinstance(value, dict):
        raise BadToken("json")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice")
    return members


def _claims(payload: dict[str, Any]) -> Claims:
    """Raises: BadToken unless exactly our claims are there, each of its type."""
    if payload.keys() != set(Claims._fields):
        raise BadToken("claims")
    texts, times, lists = ("iss", "sub", "aud", "jti", "sid"), ("exp", "iat", "auth_time"), ("amr", "roles")
    if not (
        all(isinstance(payload[name], str) for name in texts)
        and all(type(payload[name]) is int for name in times)  # a bool is an int too
        and all(isinstance(payload[name], list) and all(isinstance(each, str) for each in payload[name]) for name in lists)
    ):
        raise BadToken("types")
    return Claims(**payload)
