"""POST /api/v1/auth/customer/login/verify-otp: signs a customer in by the code that came to the phone."""

from customer_auth import codes, sign_in
from customer_auth.challenges import Purpose
from customer_auth.customers import Names
from customer_auth.endpoint import Call, endpoint
from customer_auth.models.entering import PROVING, SessionStarted, TryByPhone, attempt


@endpoint(body=TryByPhone, answer=SessionStarted, refusals=PROVING, takes_key=True, uses=("dynamodb", "secretsmanager", "kms"))
def handler(call: Call[TryByPhone, None]) -> SessionStarted:
    proof = codes.try_code(Purpose.LOGIN, call.body.phone, attempt(call))
    return SessionStarted.of(sign_in.enter(proof, Names(), call.issuer))
