"""POST /auth/customer/emailpass: signs in by password and an email or phone."""

from pydantic import Field

from customer_auth.base.account_errors import (
    AccountDeletionPending,
    CancellableDeletionPending,
    RegistrationIncomplete,
    VerificationRequired,
)
from customer_auth.base.errors import Throttled, WrongPassword
from customer_auth.flows import password_sign_in
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Password
from customer_auth.http.schemas.base import alternatives
from customer_auth.http.schemas.identifiers import IdentifierFields
from customer_auth.http.schemas.tokens import PasswordTokensResponse, members

PASSWORD_REFUSALS = (
    WrongPassword,
    VerificationRequired,
    RegistrationIncomplete,
    AccountDeletionPending,
    CancellableDeletionPending,
    Throttled,
)


class PasswordSignInRequest(IdentifierFields):
    """An address and its password, which may be in the body alone."""

    model_config = alternatives(
        "email", "phone", "email_or_phone", in_query=True, email_or_phone=examples.EMAIL, password=examples.PASSWORD
    )

    password: Password = Field(title="Password")


@endpoint(body=PasswordSignInRequest, answer=PasswordTokensResponse, refusals=PASSWORD_REFUSALS, uses=("dynamodb", "secretsmanager", "kms"))
def handler(call: Call[PasswordSignInRequest, None]) -> PasswordTokensResponse:
    signed_in = password_sign_in.sign_in(call.body.address, call.body.password, call.client, call.issuer)
    return PasswordTokensResponse(**members(signed_in.token_pair, signed_in.device))
