"""POST /login/mobile/verify: signs in, or up, by the code that came to the phone."""

from customer_auth.customers.customers import Names
from customer_auth.flows import sign_in
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.sign_in import PROVING, PhoneSignInRequest, SignInResponse, attempt
from customer_auth.otp import codes
from customer_auth.otp.challenges import Purpose


@endpoint(body=PhoneSignInRequest, answer=SignInResponse, refusals=PROVING, takes_key=True, uses=("dynamodb", "secretsmanager", "kms"))
def handler(call: Call[PhoneSignInRequest, None]) -> SignInResponse:
    proof = codes.verify_code(Purpose.SIGN_IN, call.body.phone, attempt(call))
    return SignInResponse.of(sign_in.enter(proof, Names(), call.issuer, call.body.referral_code), "Mobile verified successfully")
