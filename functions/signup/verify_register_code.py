"""POST /api/v1/auth/customer/register/verify-otp: creates an account for a phone, or signs in to the existing one."""

from customer_auth.customers.customers import Names
from customer_auth.flows import sign_in
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.sign_in import CODE_REFUSALS, RegisterByCodeRequest, RegistrationResponse, attempt
from customer_auth.otp.purposes import Purpose


@endpoint(
    body=RegisterByCodeRequest,
    answer=RegistrationResponse,
    refusals=CODE_REFUSALS,
    takes_key=True,
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[RegisterByCodeRequest, None]) -> RegistrationResponse:
    body, names = call.body, Names(call.body.first_name, call.body.last_name)
    signed_in = sign_in.sign_in(Purpose.REGISTER, body.phone, attempt(call), call.issuer, names=names, referral_code=body.referral_code)
    return RegistrationResponse.of(signed_in)
