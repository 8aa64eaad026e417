"""GET /store/customers/me: the signed-in customer."""

from customer_auth import sessions
from customer_auth.endpoint import Call, endpoint
from customer_auth.models.customers import CustomerShown, Me


@endpoint(answer=Me, caller=sessions.check)
def handler(call: Call[None, sessions.Caller]) -> Me:
    return Me(customer=CustomerShown.of(call.caller.customer))
