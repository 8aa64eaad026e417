"""POST /store/customers/account-deletion/request: sends the code that confirms the deletion of the caller's own account."""

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


class DeletionRequest(FromClient):
    """The reason, which is optional."""

    reason: Reason = Field(default=None, title="Reason")


class DeletionRequestedResponse(Model):
    """A code is on its way; customers without a verified address get the confirmed request at once."""

    token: Challenge | None
    expires_at: Time | None = Field(description="When the code expires.")
    resend_at: Time | None = Field(description="When the next code can be requested.")
    request: DeletionResponse | None


@endpoint(
    body=DeletionRequest, answer=DeletionRequestedResponse, caller=sessions.authenticate, refusals=(ReauthenticationRequired, Throttled)
)
def handler(call: Call[DeletionRequest, sessions.Caller]) -> DeletionRequestedResponse:
    issued, confirmed = account_deletion.request(call.caller, call.body.reason, call.client, call.at)
    return DeletionRequestedResponse(
        token=issued.challenge if issued else None,
        expires_at=clock.iso(issued.expires_at) if issued else None,
        resend_at=clock.iso(issued.resend_at) if issued else None,
        request=DeletionResponse.of(confirmed) if confirmed else None,
    )
