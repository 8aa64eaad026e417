"""POST /api/v1/auth/customer/login/request-otp: sends a sign-in code to a phone."""

from customer_auth.base.errors import Throttled
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.code_requests import AskByPhone, CodeAsked
from customer_auth.otp import codes
from customer_auth.otp.challenges import Purpose


@endpoint(body=AskByPhone, answer=CodeAsked, refusals=(Throttled,))
def handler(call: Call[AskByPhone, None]) -> CodeAsked:
    return CodeAsked.of(codes.request_code(Purpose.LOGIN, call.body.phone, call.client))
