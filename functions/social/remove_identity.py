"""DELETE /store/customers/me/identities/{provider}: removes a provider from the customer's ways to sign in."""

from typing import ClassVar

from customer_auth.base.account_errors import LastIdentity, ReauthenticationRequired
from customer_auth.base.errors import NotFound
from customer_auth.flows import provider_removal
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model
from customer_auth.sessions import sessions


class RemoveIdentityResponse(Model):
    """Nobody signs in to the account by that provider any more."""

    http_statuses: ClassVar[tuple[int, ...]] = (204,)


@endpoint(answer=RemoveIdentityResponse, caller=sessions.authenticate, refusals=(NotFound, LastIdentity, ReauthenticationRequired))
def handler(call: Call[None, sessions.Caller]) -> RemoveIdentityResponse:
    provider_removal.remove(call.caller, call.parameters["provider"], call.client.locale)
    return RemoveIdentityResponse()
