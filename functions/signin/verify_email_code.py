"""POST /login/email/verify: signs in, or up, by the code that came by email."""

from customer_auth.customers.customers import Names
from customer_auth.flows import sign_in
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.sign_in import PROVING, EmailSignInRequest, SignInResponse, attempt
from customer_auth.otp import codes
from customer_auth.otp.challenges import Purpose


@endpoint(body=EmailSignInRequest, answer=SignInResponse, refusals=PROVING, takes_key=True, uses=("dynamodb", "secretsmanager", "kms"))
def handler(call: Call[EmailSignInRequest, None]) -> SignInResponse:
    proof = codes.verify_code(Purpose.SIGN_IN, call.body.email, attempt(call))
    return SignInResponse.of(sign_in.enter(proof, Names(), call.issuer, call.body.referral_code), "Email verified successfully")
