"""POST /api/v1/auth/customer/register/verify-otp: opens an account for a phone, or signs in to the one it has."""

from customer_auth import codes, sign_in
from customer_auth.customers import Names
from customer_auth.endpoint import Call, endpoint
from customer_auth.models.entering import SessionStarted, TryToRegister, attempt


@endpoint(body=TryToRegister, answer=SessionStarted, created=lambda answer: answer.registered, takes_key=True)
def handler(call: Call[TryToRegister, None]) -> SessionStarted:
    proof = codes.try_code(codes.Purpose.REGISTER, call.body.phone, attempt(call))
    return SessionStarted.of(sign_in.enter(proof, Names(call.body.first_name, call.body.last_name), call.issuer))
