"""POST /api/v1/auth/customer/register/resend-otp: sends another sign-up code."""

from customer_auth.base.errors import Throttled, WrongCode
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.code_requests import CodeRequestedResponse, PhoneCodeResendRequest
from customer_auth.otp import codes
from customer_auth.otp.purposes import Purpose


@endpoint(body=PhoneCodeResendRequest, answer=CodeRequestedResponse, refusals=(WrongCode, Throttled))
def handler(call: Call[PhoneCodeResendRequest, None]) -> CodeRequestedResponse:
    return CodeRequestedResponse.of(codes.request_code(Purpose.REGISTER, call.body.phone, call.client, call.body.challenge))
