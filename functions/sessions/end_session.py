"""POST /login/logout: ends this session, or every session of its customer."""

from typing import Literal

from pydantic import Field

from customer_auth.base.errors import WrongSession
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Token
from customer_auth.http.schemas.base import CamelModel
from customer_auth.sessions import sessions


class EndedSession(CamelModel):
    """Whose session, and whether all others end with it."""

    refresh_token: Token = Field(title="Refresh token", examples=[examples.REFRESH_TOKEN])
    everywhere: bool = Field(default=False, title="Everywhere")


class LoggedOut(CamelModel):
    """It is over, durably."""

    success: Literal[True] = True
    message: str = "Logged out successfully"


@endpoint(body=EndedSession, answer=LoggedOut, refusals=(WrongSession,))
def handler(call: Call[EndedSession, None]) -> LoggedOut:
    if call.body.everywhere:
        sessions.end_everywhere(call.body.refresh_token)
    else:
        sessions.end(call.body.refresh_token)
    return LoggedOut()
