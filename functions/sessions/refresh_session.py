"""POST /login/refresh: exchanges a refresh token, once, for the session's next token pair."""

from typing import Literal

from pydantic import Field

from customer_auth.base.errors import RefreshTokenReused, WrongSession
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Token
from customer_auth.http.schemas.base import CamelModel
from customer_auth.http.schemas.field_types import AccessToken, LifeSeconds, RefreshToken
from customer_auth.sessions import rotation


class RefreshRequest(CamelModel):
    """A refresh token."""

    refresh_token: Token = Field(title="Refresh token", examples=[examples.REFRESH_TOKEN])


class RefreshResponse(CamelModel):
    """The session's next token pair."""

    success: Literal[True] = True
    message: str = "Session refreshed successfully"
    session_token: AccessToken
    refresh_token: RefreshToken
    expires_in: LifeSeconds


@endpoint(
    body=RefreshRequest, answer=RefreshResponse, refusals=(WrongSession, RefreshTokenReused), uses=("dynamodb", "secretsmanager", "kms")
)
def handler(call: Call[RefreshRequest, None]) -> RefreshResponse:
    token_pair = rotation.rotate(call.body.refresh_token, call.issuer)
    return RefreshResponse(session_token=token_pair.access_token, refresh_token=token_pair.refresh_token, expires_in=token_pair.expires_in)
