"""POST /store/customers/account-deletion/request: sends the code by which the deletion of one's own account is confirmed."""

from pydantic import Field

from customer_auth.base import clock
from customer_auth.base.account_errors import ReauthenticationRequired
from customer_auth.base.errors import Throttled
from customer_auth.flows import account_deletion
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Reason
from customer_auth.http.schemas.base import FromClient, Model
from customer_auth.http.schemas.deletion import DeletionResponse
from customer_auth.http.schemas.field_types import Challenge, Time
from customer_auth.sessions import sessions


class Asking(FromClient):
    """Why, for who wants to say."""

    reason: Reason = Field(default=None, title="Reason")


class DeletionAsked(Model):
    """A code is on its way; who has no verified address is told of the confirmed request at once."""

    token: Challenge | None
    expires_at: Time | None = Field(description="When the code ends.")
    resend_at: Time | None = Field(description="When the next code may be asked for.")
    request: DeletionResponse | None


@endpoint(body=Asking, answer=DeletionAsked, caller=sessions.authenticate, refusals=(ReauthenticationRequired, Throttled))
def handler(call: Call[Asking, sessions.Caller]) -> DeletionAsked:
    asked, confirmed = account_deletion.request(call.caller, call.body.reason, call.client, call.at)
    return DeletionAsked(
        token=asked.challenge if asked else None,
        expires_at=clock.iso(asked.expires_at) if asked else None,
        resend_at=clock.iso(asked.resend_at) if asked else None,
        request=DeletionResponse.of(confirmed) if confirmed else None,
    )
