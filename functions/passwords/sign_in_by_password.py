"""POST /auth/customer/emailpass: signs in by password and an email or phone."""

from customer_auth import password_sign_in
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import AccountDeletionPending, RegistrationIncomplete, Throttled, VerificationRequired, WrongPassword
from customer_auth.models.passwords import PasswordSignedIn, TryPassword

OPENING = (WrongPassword, VerificationRequired, RegistrationIncomplete, AccountDeletionPending, Throttled)


@endpoint(body=TryPassword, answer=PasswordSignedIn, refusals=OPENING, uses=("dynamodb", "secretsmanager", "kms"))
def handler(call: Call[TryPassword, None]) -> PasswordSignedIn:
    return PasswordSignedIn.of(password_sign_in.enter(call.body.address, call.body.password, call.client, call.issuer))
