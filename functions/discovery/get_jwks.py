"""GET /.well-known/jwks.json: the public halves of the keys that sign access tokens, ahead of their use (RFC 7517)."""

from typing import Literal

from pydantic import Field

from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model
from customer_auth.tokens import keyring


class Jwk(Model):
    """One RSA key (RFC 7518 §6.3.1)."""

    kid: str = Field(description="What a token's header names.", examples=["key_2v6q8r1t3a5c7d9f0g4h6j8k"])
    n: str = Field(description="The modulus, base64url.", examples=[examples.MODULUS])
    e: str = Field(description="The exponent, base64url.", examples=["AQAB"])
    kty: Literal["RSA"] = "RSA"
    use: Literal["sig"] = "sig"
    alg: Literal["RS256"] = "RS256"


class Jwks(Model):
    """Every key that a token may name, now or soon."""

    keys: list[Jwk]


# Keys are published days before they sign, so an hour in a cache harms nobody.
@endpoint(answer=Jwks, cache_seconds=3600, uses=("dynamodb",))
def handler(call: Call[None, None]) -> Jwks:  # noqa: ARG001 (nothing of the call matters)
    return Jwks(keys=[Jwk(kid=key.kid, n=key.n, e=key.e) for key in keyring.published()])
