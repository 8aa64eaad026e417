"""POST /login/email/verify: signs in, or up, by the code that came by email."""

from customer_auth.flows import sign_in
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.sign_in import CODE_REFUSALS, EmailSignInRequest, SignInResponse, attempt
from customer_auth.otp.purposes import Purpose


@endpoint(
    body=EmailSignInRequest, answer=SignInResponse, refusals=CODE_REFUSALS, takes_key=True, uses=("dynamodb", "secretsmanager", "kms")
)
def handler(call: Call[EmailSignInRequest, None]) -> SignInResponse:
    signed_in = sign_in.sign_in(Purpose.SIGN_IN, call.body.email, attempt(call), call.issuer, referral_code=call.body.referral_code)
    return SignInResponse.of(signed_in, "Email verified successfully")
