"""GET /.well-known/openid-configuration: where to find the keys that verify our tokens (OpenID Connect Discovery 1.0 §3, RFC 8414)."""

from pydantic import Field

from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model


class OpenidConfigurationResponse(Model):
    """What a service needs to verify our access tokens. There is no authorization endpoint."""

    issuer: str = Field(description="The `iss` of access tokens.", examples=[examples.ISSUER])
    jwks_uri: str = Field(examples=[f"{examples.ISSUER}/.well-known/jwks.json"])
    id_token_signing_alg_values_supported: list[str] = ["RS256"]
    response_types_supported: list[str] = []
    subject_types_supported: list[str] = ["public"]
    claims_supported: list[str] = ["iss", "sub", "aud", "exp", "iat", "jti", "sid", "auth_time", "amr", "roles"]


@endpoint(answer=OpenidConfigurationResponse, cache_seconds=3600, uses=())
def handler(call: Call[None, None]) -> OpenidConfigurationResponse:
    return OpenidConfigurationResponse(issuer=call.issuer, jwks_uri=f"{call.issuer}/.well-known/jwks.json")
