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
from customer_auth.http.fields import Password, alternatives
from customer_auth.http.schemas.identifiers import Identified
from customer_auth.http.schemas.tokens import PasswordTokensResponse, members

OPENING = (WrongPassword, VerificationRequired, RegistrationIncomplete, AccountDeletionPending, CancellableDeletionPending, Throttled)


class TryPassword(Identified):
    """Who signs in, and the password; that stands in the body alone."""

    model_config = alternatives(
        "email", "phone", "email_or_phone", in_query=True, email_or_phone=examples.EMAIL, password=examples.PASSWORD
    )

    password: Password = Field(title="Password")


@endpoint(body=TryPassword, answer=PasswordTokensResponse, refusals=OPENING, uses=("dynamodb", "secretsmanager", "kms"))
def handler(call: Call[TryPassword, None]) -> PasswordTokensResponse:
    entered = password_sign_in.enter(call.body.address, call.body.password, call.client, call.issuer)
    return PasswordTokensResponse(**members(entered.token_pair, entered.device))
