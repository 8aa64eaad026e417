"""POST /api/v1/auth/customer/register/request-otp: sends a code to a phone that wants an account."""

from customer_auth import codes
from customer_auth.challenges import Purpose
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import Throttled
from customer_auth.models.asking import AskByPhone, CodeAsked


@endpoint(body=AskByPhone, answer=CodeAsked, refusals=(Throttled,))
def handler(call: Call[AskByPhone, None]) -> CodeAsked:
    return CodeAsked.of(codes.ask(Purpose.REGISTER, call.body.phone, call.client))
