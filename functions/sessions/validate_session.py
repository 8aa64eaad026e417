"""POST /login/validate: says whether a session token still opens anything, and what it says."""

from typing import Literal

from pydantic import Field

from customer_auth import examples, sessions
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import WrongSession
from customer_auth.fields import Token
from customer_auth.models.base import CamelModel
from customer_auth.models.claims import ClaimsShown


class AskedToken(CamelModel):
    """A session token."""

    session_token: Token = Field(title="Session token", examples=[examples.ACCESS_TOKEN])


class SessionValid(CamelModel):
    """The session lives; `token` are the token's claims."""

    success: Literal[True] = True
    message: str = "Session is valid"
    token: ClaimsShown


@endpoint(body=AskedToken, answer=SessionValid, refusals=(WrongSession,))
def handler(call: Call[AskedToken, None]) -> SessionValid:
    # Here the token is the proof itself, not what lets the caller in.
    caller = sessions.check(call.body.session_token, call.issuer, refused=WrongSession)
    return SessionValid(token=ClaimsShown(**caller.claims._asdict()))
