"""POST /login/refresh: exchanges a refresh token, once, for the session's next pair of tokens."""

from pydantic import Field

from customer_auth import sessions
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import WrongSession
from customer_auth.fields import CamelModel, Token


class Body(CamelModel):
    """A refresh token."""

    refresh_token: Token = Field(title="Refresh token")


class SessionRefreshed(CamelModel):
    """The session goes on."""

    success: bool = True
    message: str = "Session refreshed successfully"
    session_token: str
    refresh_token: str
    expires_in: int = Field(description="Seconds that the session token lives.")


@endpoint(body=Body, answer=SessionRefreshed, refusals=(WrongSession,), uses=("dynamodb", "secretsmanager", "kms"))
def handler(call: Call[Body, None]) -> SessionRefreshed:
    pair = sessions.renew(call.body.refresh_token, call.issuer)
    return SessionRefreshed(session_token=pair.access_token, refresh_token=pair.refresh_token, expires_in=pair.expires_in)
