"""POST /login/logout: ends a session, or all sessions of its customer."""

from typing import Literal

from pydantic import Field

from customer_auth.base.errors import WrongSession
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Token
from customer_auth.http.schemas.base import CamelModel
from customer_auth.sessions import sessions


class LogoutRequest(CamelModel):
    """The session's refresh token, and whether all other sessions of the customer end too."""

    refresh_token: Token = Field(title="Refresh token", examples=[examples.REFRESH_TOKEN])
    everywhere: bool = Field(default=False, title="Everywhere")


class LogoutResponse(CamelModel):
    """The session has ended."""

    success: Literal[True] = True
    message: str = "Logged out successfully"


@endpoint(body=LogoutRequest, answer=LogoutResponse, refusals=(WrongSession,))
def handler(call: Call[LogoutRequest, None]) -> LogoutResponse:
    if call.body.everywhere:
        sessions.end_everywhere(call.body.refresh_token)
    else:
        sessions.end(call.body.refresh_token)
    return LogoutResponse()
