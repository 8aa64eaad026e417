"""GET /store/customers/me: the signed-in customer."""

from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.customers import CustomerResponse, Me
from customer_auth.sessions import sessions


@endpoint(answer=Me, caller=sessions.authenticate)
def handler(call: Call[None, sessions.Caller]) -> Me:
    return Me(customer=CustomerResponse.of(call.caller.customer))
