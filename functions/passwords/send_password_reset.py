"""POST /auth/customer/emailpass/reset-password: sends a reset token, if the address is registered or verified."""

from customer_auth.base.errors import Throttled
from customer_auth.flows import password_reset_request
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.identifiers import AnyIdentifierRequest


class PasswordResetSentResponse(Model):
    """The same for everyone."""


@endpoint(body=AnyIdentifierRequest, answer=PasswordResetSentResponse, refusals=(Throttled,))
def handler(call: Call[AnyIdentifierRequest, None]) -> PasswordResetSentResponse:
    password_reset_request.request(call.body.address, call.client)
    return PasswordResetSentResponse()
