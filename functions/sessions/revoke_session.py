"""DELETE /store/customers/me/sessions/{sid}: ends one of the customer's own sessions, wherever it is."""

from typing import ClassVar

from customer_auth.base.errors import NotFound
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Model
from customer_auth.sessions import sessions


class Ended(Model):
    """It is over, whether it was or not."""

    http_statuses: ClassVar[tuple[int, ...]] = (204,)


@endpoint(answer=Ended, caller=sessions.authenticate, refusals=(NotFound,))
def handler(call: Call[None, sessions.Caller]) -> Ended:
    sessions.revoke(call.caller.customer, call.parameters["sid"])
    return Ended()
