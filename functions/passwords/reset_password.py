"""POST /auth/customer/emailpass/update: sets a new password by the token of a reset."""

from typing import Literal

from pydantic import Field

from customer_auth import examples, resets
from customer_auth.endpoint import Bearer, Call, endpoint
from customer_auth.errors import AccountDeletionPending, WrongCode
from customer_auth.fields import NewPassword
from customer_auth.models.base import Model, alternatives
from customer_auth.models.identified import Lookup
from customer_auth.models.kinds import Device


class ForgottenPassword(Lookup):
    """Whose token it is, and the new password."""

    model_config = alternatives(
        "identifier", "email", "phone", "email_or_phone", in_query=True, email=examples.EMAIL, password=examples.PASSWORD
    )

    password: NewPassword = Field(title="Password")


class PasswordReset(Model):
    """The new password counts; every session has ended."""

    message: str = Field(default="Password reset successfully", examples=["Password reset successfully"])
    success: Literal[True] = True
    device: Device


@endpoint(
    body=ForgottenPassword,
    answer=PasswordReset,
    caller=lambda token, _: token,
    bearer=Bearer.RESET,
    refusals=(WrongCode, AccountDeletionPending),
    takes_key=True,
)
def handler(call: Call[ForgottenPassword, str]) -> PasswordReset:
    device = resets.complete(call.caller, call.body.address, call.body.password, call.idempotency_key, call.client)
    return PasswordReset(device=device)
