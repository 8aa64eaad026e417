"""POST /api/v1/auth/customer/register/request-otp: sends a sign-up code to a phone."""

from customer_auth.base.errors import Throttled
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.code_requests import CodeRequestedResponse, PhoneCodeRequest
from customer_auth.otp import codes
from customer_auth.otp.purposes import Purpose


@endpoint(body=PhoneCodeRequest, answer=CodeRequestedResponse, refusals=(Throttled,))
def handler(call: Call[PhoneCodeRequest, None]) -> CodeRequestedResponse:
    return CodeRequestedResponse.of(codes.request_code(Purpose.REGISTER, call.body.phone, call.client))
