"""POST /login/logout: ends this session, or every session of its customer."""

from typing import Literal

from pydantic import Field

from customer_auth import examples, sessions
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import WrongSession
from customer_auth.fields import Token
from customer_auth.models.base import CamelModel


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
