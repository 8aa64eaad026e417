"""POST /auth/customer/emailpass/reset-password: sends the token that sets a new password, if the address is one that has any."""

from customer_auth import reset_tokens
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import Throttled
from customer_auth.models.base import Model
from customer_auth.models.identified import Lookup


class Nothing(Model):
    """The same for everyone."""


@endpoint(body=Lookup, answer=Nothing, refusals=(Throttled,))
def handler(call: Call[Lookup, None]) -> Nothing:
    reset_tokens.ask(call.body.address, call.client)
    return Nothing()
