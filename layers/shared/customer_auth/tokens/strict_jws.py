"""Signed tokens in their one form: three parts of canonical base64url, header and payload JSON objects in which no name occurs twice.

Libraries accept more than that (padding, loose bits, the last of two equal names). Two readers that understand a token differently are
what RFC 8725 warns of, so both kinds of tokens here, ours and those of providers, are parsed by this module before a library sees them.
"""

from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.api_jws import PyJWS

from customer_auth.base import ids, strict_json

_PARTS = 3


class InvalidToken(Exception):
    """The text is not a valid token; the message names the check that failed."""


def parts(token: str, max_length: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the payload of a token whose signature is not checked yet. Raises: InvalidToken."""
    texts = token.split(".") if len(token) <= max_length else []
    if len(texts) != _PARTS:
        raise InvalidToken("form")
    raw = [ids.from_base64url(text) for text in texts]
    if None in raw:
        raise InvalidToken("base64url")
    return json_object(raw[0] or b""), json_object(raw[1] or b"")


def check_signature(token: str, key: RSAPublicKey | EllipticCurvePublicKey, algorithm: str) -> None:
    """Check the signature with this key by this algorithm and no other. Raises: InvalidToken."""
    try:
        PyJWS(algorithms=[algorithm]).decode(token, key, algorithms=[algorithm])
    except jwt.PyJWTError:
        raise InvalidToken("signature") from None


def json_object(raw: bytes | str) -> dict[str, Any]:
    """The JSON object in `raw`. Raises: InvalidToken for any other JSON, and if a name occurs twice."""
    try:
        return strict_json.json_object(raw)
    except ValueError:
        raise InvalidToken("json") from None
