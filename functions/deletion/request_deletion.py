"""POST /store/customers/account-deletion/request: sends the code by which the deletion of one's own account is confirmed."""

from pydantic import Field

from customer_auth import clock, deletions, sessions
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import ReauthenticationRequired, Throttled
from customer_auth.fields import Reason
from customer_auth.models.base import FromClient, Model
from customer_auth.models.deleting import DeletionShown
from customer_auth.models.kinds import Challenge, Time


class Asking(FromClient):
    """Why, for who wants to say."""

    reason: Reason = Field(default=None, title="Reason")


class DeletionAsked(Model):
    """A code is on its way; who has no verified address is told of the confirmed request at once."""

    token: Challenge | None
    expires_at: Time | None = Field(description="When the code ends.")
    resend_at: Time | None = Field(description="When the next code may be asked for.")
    request: DeletionShown | None


@endpoint(body=Asking, answer=DeletionAsked, caller=sessions.check, refusals=(ReauthenticationRequired, Throttled))
def handler(call: Call[Asking, sessions.Caller]) -> DeletionAsked:
    asked, confirmed = deletions.request(call.caller, call.body.reason, call.client, call.at)
    return DeletionAsked(
        token=asked.challenge if asked else None,
        expires_at=clock.iso(asked.expires_at) if asked else None,
        resend_at=clock.iso(asked.resend_at) if asked else None,
        request=DeletionShown.of(confirmed) if confirmed else None,
    )
