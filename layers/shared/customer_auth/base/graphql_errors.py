"""Refusals that only GraphQL over HTTP has. `base/errors.py` draws the whole tree."""

from customer_auth.base.errors import Refusal


class MethodNotAllowed(Refusal):
    """A mutation that was sent by GET."""

    status = 405
    type = "method_not_allowed"
    message = "A mutation must be sent by POST"


class NotAcceptable(Refusal):
    """The client accepts no kind of response that there is."""

    status = 406
    type = "not_acceptable"
    message = "The response is JSON"
