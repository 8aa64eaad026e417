"""POST /login/validate: says whether a session token is valid, and returns its claims."""

from typing import Literal

from pydantic import Field

from customer_auth.base.errors import WrongSession
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Token
from customer_auth.http.schemas.access_token import ClaimsResponse
from customer_auth.http.schemas.base import CamelModel
from customer_auth.sessions import sessions


class ValidateRequest(CamelModel):
    """A session token."""

    session_token: Token = Field(title="Session token", examples=[examples.ACCESS_TOKEN])


class ValidateResponse(CamelModel):
    """The session is live; `token` has the token's claims."""

    success: Literal[True] = True
    message: str = "Session is valid"
    token: ClaimsResponse


@endpoint(body=ValidateRequest, answer=ValidateResponse, refusals=(WrongSession,))
def handler(call: Call[ValidateRequest, None]) -> ValidateResponse:
    # Here the token is what is validated, not what authenticates the caller; hence it is refused like a wrong proof.
    caller = sessions.authenticate(call.body.session_token, call.issuer, refused=WrongSession)
    return ValidateResponse(token=ClaimsResponse(**caller.claims._asdict()))
