"""POST /login/validate: says whether a session token still opens anything, and what it says."""

from typing import Any

from pydantic import Field

from customer_auth import sessions
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import WrongSession
from customer_auth.fields import CamelModel, Token


class Body(CamelModel):
    """A session token."""

    session_token: Token = Field(title="Session token")


class SessionValid(CamelModel):
    """The session lives; `token` are the token's claims."""

    success: bool = True
    message: str = "Session is valid"
    token: dict[str, Any]


@endpoint(body=Body, answer=SessionValid, refusals=(WrongSession,))
def handler(call: Call[Body, None]) -> SessionValid:
    # Here the token is the proof itself, not what lets the caller in.
    caller = sessions.check(call.body.session_token, call.issuer, refused=WrongSession)
    return SessionValid(token=caller.claims._asdict())
