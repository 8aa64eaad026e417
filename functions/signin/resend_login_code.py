"""POST /api/v1/auth/customer/login/resend-otp: sends another sign-in code to a phone."""

from customer_auth import codes
from customer_auth.challenges import Purpose
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import Throttled, WrongCode
from customer_auth.models.asking import AskAgainByPhone, CodeAsked


@endpoint(body=AskAgainByPhone, answer=CodeAsked, refusals=(WrongCode, Throttled))
def handler(call: Call[AskAgainByPhone, None]) -> CodeAsked:
    return CodeAsked.of(codes.ask(Purpose.LOGIN, call.body.phone, call.client, call.body.challenge))
