"""GET /store/customers/me/identities: lists the providers by which the customer can sign in."""

from customer_auth.customers import provider_account_items
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.identities import IdentitiesResponse, IdentityResponse
from customer_auth.sessions import sessions


@endpoint(answer=IdentitiesResponse, caller=sessions.authenticate)
def handler(call: Call[None, sessions.Caller]) -> IdentitiesResponse:
    accounts = provider_account_items.find_all(call.caller.customer.provider_accounts or {})
    return IdentitiesResponse(identities=[IdentityResponse.of(account) for account in accounts])
