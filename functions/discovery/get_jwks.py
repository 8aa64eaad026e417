"""GET /.well-known/jwks.json: the public keys of access tokens, published ahead of their use (RFC 7517)."""

from typing import Literal

from pydantic import Field

from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model
from customer_auth.tokens import keyring


class Jwk(Model):
    """One RSA key (RFC 7518 §6.3.1)."""

    kid: str = Field(description="The key id in the header of a token.", examples=["key_2v6q8r1t3a5c7d9f0g4h6j8k"])
    n: str = Field(description="The modulus, base64url.", examples=[examples.MODULUS])
    e: str = Field(description="The exponent, base64url.", examples=["AQAB"])
    kty: Literal["RSA"] = "RSA"
    use: Literal["sig"] = "sig"
    alg: Literal["RS256"] = "RS256"


class JwksResponse(Model):
    """Every key that a token may name now or soon."""

    keys: list[Jwk]


# Keys are published days before they sign, so caching them for an hour does no harm.
@endpoint(answer=JwksResponse, cache_seconds=3600, uses=("dynamodb",))
def handler(call: Call[None, None]) -> JwksResponse:  # noqa: ARG001 (the call has no parameters)
    return JwksResponse(keys=[Jwk(kid=key.kid, n=key.n, e=key.e) for key in keyring.published()])
