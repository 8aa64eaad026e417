"""DELETE /store/customers/me/sessions/{sid}: ends one of the customer's own sessions, wherever it is."""

from typing import ClassVar

from customer_auth import sessions
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import NotFound
from customer_auth.models.base import Model


class Ended(Model):
    """It is over, whether it was or not."""

    http_statuses: ClassVar[tuple[int, ...]] = (204,)


@endpoint(answer=Ended, caller=sessions.check, refusals=(NotFound,))
def handler(call: Call[None, sessions.Caller]) -> Ended:
    sessions.revoke(call.caller.customer, call.parameters["sid"])
    return Ended()
