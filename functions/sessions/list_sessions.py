"""GET /store/customers/me/sessions: where the customer is signed in, the session used last first."""

from pydantic import Field

from customer_auth import clock, sessions
from customer_auth.endpoint import Call, endpoint
from customer_auth.fields import Model


class SessionShown(Model):
    """One signed-in client."""

    sid: str = Field(examples=["ses_tfkj2j0jlankblkmsg08pou4"])
    created_at: str
    last_used_at: str = Field(description="When it began or was last renewed.")
    client: str | None = Field(examples=["Safari on iPhone"])
    current: bool = Field(description="Whether it is the one that asks.")


class Sessions(Model):
    """All that have not ended."""

    sessions: list[SessionShown]


@endpoint(answer=Sessions, caller=sessions.check)
def handler(call: Call[None, sessions.Caller]) -> Sessions:
    shown = [
        SessionShown(
            sid=session.family,
            created_at=clock.iso(session.begun_at),
            last_used_at=clock.iso(session.rotated_at),
            client=session.client,
            current=session.family == call.caller.session.family,
        )
        for session in sessions.live(call.caller.customer)
    ]
    return Sessions(sessions=shown)
