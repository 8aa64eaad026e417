"""GET /store/customers/me: the signed-in customer."""

from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.customers import CustomerShown, Me
from customer_auth.sessions import sessions


@endpoint(answer=Me, caller=sessions.check)
def handler(call: Call[None, sessions.Caller]) -> Me:
    return Me(customer=CustomerShown.of(call.caller.customer))
