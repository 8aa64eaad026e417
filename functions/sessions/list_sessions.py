"""GET /store/customers/me/sessions: where the customer is signed in, the session used last first."""

from pydantic import Field

from customer_auth.base import clock
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Model
from customer_auth.http.schemas.field_types import Sid, Time
from customer_auth.sessions import sessions


class SessionShown(Model):
    """One signed-in client."""

    sid: Sid
    created_at: Time
    last_used_at: Time = Field(description="When it began or was last renewed.")
    client: str | None = Field(examples=["Safari on iPhone"])
    current: bool = Field(description="Whether it is the one that asks.", examples=[True])


class Sessions(Model):
    """All that have not ended."""

    sessions: list[SessionShown]


@endpoint(answer=Sessions, caller=sessions.authenticate)
def handler(call: Call[None, sessions.Caller]) -> Sessions:
    shown = [
        SessionShown(
            sid=session.family,
            created_at=clock.iso(session.begun_at),
            last_used_at=clock.iso(session.rotated_at),
            client=session.client,
            current=session.family == call.caller.session.family,
        )
        for session in sessions.list_live(call.caller.customer)
    ]
    return Sessions(sessions=shown)
