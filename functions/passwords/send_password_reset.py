"""POST /auth/customer/emailpass/reset-password: sends the token that sets a new password, if the address is one that has any."""

from customer_auth.base.errors import Throttled
from customer_auth.flows import password_reset_request
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.identifiers import Lookup


class Nothing(Model):
    """The same for everyone."""


@endpoint(body=Lookup, answer=Nothing, refusals=(Throttled,))
def handler(call: Call[Lookup, None]) -> Nothing:
    password_reset_request.request(call.body.address, call.client)
    return Nothing()
