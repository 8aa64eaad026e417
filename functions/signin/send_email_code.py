"""POST /login/email/send: sends a code by email, to sign in or up."""

from customer_auth.base.errors import Throttled
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.code_requests import EmailCodeRequest, EmailCodeSentResponse
from customer_auth.otp import codes
from customer_auth.otp.purposes import Purpose


@endpoint(body=EmailCodeRequest, answer=EmailCodeSentResponse, refusals=(Throttled,))
def handler(call: Call[EmailCodeRequest, None]) -> EmailCodeSentResponse:
    return EmailCodeSentResponse.of(codes.request_code(Purpose.SIGN_IN, call.body.email, call.client))
