"""POST /auth/customer/emailpass: signs in by password and an email or phone."""

from pydantic import Field

from customer_auth import examples, password_sign_in
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import (
    AccountDeletionPending,
    DeletionPendingHere,
    RegistrationIncomplete,
    Throttled,
    VerificationRequired,
    WrongPassword,
)
from customer_auth.fields import Password
from customer_auth.models.base import alternatives
from customer_auth.models.identified import Identified
from customer_auth.models.tokens import TokensByPassword, told

OPENING = (WrongPassword, VerificationRequired, RegistrationIncomplete, AccountDeletionPending, DeletionPendingHere, Throttled)


class TryPassword(Identified):
    """Who signs in, and the password; that stands in the body alone."""

    model_config = alternatives(
        "email", "phone", "email_or_phone", in_query=True, email_or_phone=examples.EMAIL, password=examples.PASSWORD
    )

    password: Password = Field(title="Password")


@endpoint(body=TryPassword, answer=TokensByPassword, refusals=OPENING, uses=("dynamodb", "secretsmanager", "kms"))
def handler(call: Call[TryPassword, None]) -> TokensByPassword:
    entered = password_sign_in.enter(call.body.address, call.body.password, call.client, call.issuer)
    return TokensByPassword(**told(entered.pair, entered.device))
