"""POST /api/v1/auth/customer/register/verify-otp: creates an account for a phone, or signs in to the existing one."""

from customer_auth.customers.customers import Names
from customer_auth.flows import sign_in
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.sign_in import PROVING, RegisterByCodeRequest, RegistrationResponse, attempt
from customer_auth.otp import codes
from customer_auth.otp.challenges import Purpose


@endpoint(
    body=RegisterByCodeRequest, answer=RegistrationResponse, refusals=PROVING, takes_key=True, uses=("dynamodb", "secretsmanager", "kms")
)
def handler(call: Call[RegisterByCodeRequest, None]) -> RegistrationResponse:
    proof = codes.verify_code(Purpose.REGISTER, call.body.phone, attempt(call))
    names = Names(call.body.first_name, call.body.last_name)
    return RegistrationResponse.of(sign_in.enter(proof, names, call.issuer, call.body.referral_code))
