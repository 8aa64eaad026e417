"""POST /login/validate: says whether a session token still opens anything, and what it says."""

from typing import Literal

from pydantic import Field

from customer_auth.base.errors import WrongSession
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import CamelModel, Token
from customer_auth.http.schemas.access_token import ClaimsResponse
from customer_auth.sessions import sessions


class AskedToken(CamelModel):
    """A session token."""

    session_token: Token = Field(title="Session token", examples=[examples.ACCESS_TOKEN])


class SessionValid(CamelModel):
    """The session lives; `token` are the token's claims."""

    success: Literal[True] = True
    message: str = "Session is valid"
    token: ClaimsResponse


@endpoint(body=AskedToken, answer=SessionValid, refusals=(WrongSession,))
def handler(call: Call[AskedToken, None]) -> SessionValid:
    # Here the token is the proof itself, not what lets the caller in.
    caller = sessions.authenticate(call.body.session_token, call.issuer, refused=WrongSession)
    return SessionValid(token=ClaimsResponse(**caller.claims._asdict()))
