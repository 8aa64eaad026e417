"""POST /auth/customer/emailpass/update: sets a new password by a reset token."""

from typing import Literal

from pydantic import Field

from customer_auth.base.account_errors import AccountDeletionPending, CancellableDeletionPending
from customer_auth.base.errors import WrongCode
from customer_auth.flows import password_reset
from customer_auth.http import examples
from customer_auth.http.endpoint import Bearer, Call, endpoint
from customer_auth.http.fields import NewPassword
from customer_auth.http.schemas.base import Model, alternatives
from customer_auth.http.schemas.field_types import Device
from customer_auth.http.schemas.identifiers import AnyIdentifierRequest

REFUSALS = (WrongCode, AccountDeletionPending, CancellableDeletionPending)


class ResetPasswordRequest(AnyIdentifierRequest):
    """The address that the token was sent to, and the new password."""

    model_config = alternatives(
        "identifier", "email", "phone", "email_or_phone", in_query=True, email=examples.EMAIL, password=examples.PASSWORD
    )

    password: NewPassword = Field(title="Password")


class ResetPasswordResponse(Model):
    """The new password is set; every session has ended."""

    message: str = Field(default="Password reset successfully", examples=["Password reset successfully"])
    success: Literal[True] = True
    device: Device


@endpoint(
    body=ResetPasswordRequest,
    answer=ResetPasswordResponse,
    caller=lambda token, _: token,
    bearer=Bearer.RESET,
    refusals=REFUSALS,
    takes_key=True,
)
def handler(call: Call[ResetPasswordRequest, str]) -> ResetPasswordResponse:
    device = password_reset.complete(call.caller, call.body.address, call.body.password, call.idempotency_key, call.client)
    return ResetPasswordResponse(device=device)
