"""POST /api/v1/auth/customer/login/verify-otp: signs a customer in by the code that came to the phone."""

from customer_auth.flows import sign_in
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.sign_in import CODE_REFUSALS, PhoneCodeAttemptRequest, SessionResponse, attempt
from customer_auth.otp.purposes import Purpose


@endpoint(
    body=PhoneCodeAttemptRequest, answer=SessionResponse, refusals=CODE_REFUSALS, takes_key=True, uses=("dynamodb", "secretsmanager", "kms")
)
def handler(call: Call[PhoneCodeAttemptRequest, None]) -> SessionResponse:
    return SessionResponse.of(sign_in.sign_in(Purpose.LOGIN, call.body.phone, attempt(call), call.issuer))
