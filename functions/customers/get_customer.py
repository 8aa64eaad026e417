"""GET /store/customers/me: the signed-in customer."""

from customer_auth import sessions
from customer_auth.endpoint import Call, endpoint
from customer_auth.fields import Model
from customer_auth.models.customers import CustomerShown


class Me(Model):
    """Who is signed in."""

    customer: CustomerShown


@endpoint(answer=Me, caller=sessions.check)
def handler(call: Call[None, sessions.Caller]) -> Me:
    return Me(customer=CustomerShown.of(call.caller.customer))
