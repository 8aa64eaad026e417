"""POST /api/v1/auth/customer/login/request-otp: sends a sign-in code to a phone."""

from customer_auth import codes
from customer_auth.challenges import Purpose
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import Throttled
from customer_auth.models.asking import AskByPhone, CodeAsked


@endpoint(body=AskByPhone, answer=CodeAsked, refusals=(Throttled,))
def handler(call: Call[AskByPhone, None]) -> CodeAsked:
    return CodeAsked.of(codes.ask(Purpose.LOGIN, call.body.phone, call.client))
