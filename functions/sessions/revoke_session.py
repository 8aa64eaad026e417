"""DELETE /store/customers/me/sessions/{sid}: ends one of the customer's own sessions, on any client."""

from typing import ClassVar

from customer_auth.base.errors import NotFound
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model
from customer_auth.sessions import sessions


class RevokeSessionResponse(Model):
    """The session has ended, now or earlier."""

    http_statuses: ClassVar[tuple[int, ...]] = (204,)


@endpoint(answer=RevokeSessionResponse, caller=sessions.authenticate, refusals=(NotFound,))
def handler(call: Call[None, sessions.Caller]) -> RevokeSessionResponse:
    sessions.revoke(call.caller.customer, call.parameters["sid"])
    return RevokeSessionResponse()
