"""GET /store/customers/me/sessions: where the customer is signed in, the last used session first."""

from pydantic import Field

from customer_auth.base import clock
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.field_types import Sid, Time
from customer_auth.sessions import sessions


class SessionListing(Model):
    """One signed-in client."""

    sid: Sid
    created_at: Time
    last_used_at: Time = Field(description="When the session began or was last renewed.")
    client: str | None = Field(examples=["Safari on iPhone"])
    current: bool = Field(description="Whether this is the session of the call itself.", examples=[True])


class ListSessionsResponse(Model):
    """All sessions that have not ended."""

    sessions: list[SessionListing]


@endpoint(answer=ListSessionsResponse, caller=sessions.authenticate)
def handler(call: Call[None, sessions.Caller]) -> ListSessionsResponse:
    listings = [
        SessionListing(
            sid=session.family,
            created_at=clock.iso(session.begun_at),
            last_used_at=clock.iso(session.rotated_at),
            client=session.client,
            current=session.family == call.caller.session.family,
        )
        for session in sessions.list_live(call.caller.customer)
    ]
    return ListSessionsResponse(sessions=listings)
