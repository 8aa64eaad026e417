"""POST /login/mobile/send: sends a code by SMS, to sign in or up."""

from customer_auth.base.errors import Throttled
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.code_requests import MobileCodeSentResponse, PhoneCodeRequest
from customer_auth.otp import codes
from customer_auth.otp.purposes import Purpose


@endpoint(body=PhoneCodeRequest, answer=MobileCodeSentResponse, refusals=(Throttled,))
def handler(call: Call[PhoneCodeRequest, None]) -> MobileCodeSentResponse:
    return MobileCodeSentResponse.of(codes.request_code(Purpose.SIGN_IN, call.body.phone, call.client))
