"""POST /auth/customer/emailpass/update: sets a new password by the token of a reset."""

from typing import Literal

from pydantic import ConfigDict, Field

from customer_auth import examples, resets
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import AccountDeletionPending, Throttled, WrongCode
from customer_auth.fields import Model, Password
from customer_auth.models.identified import Lookup
from customer_auth.models.kinds import Device

REFUSALS = (WrongCode, AccountDeletionPending, Throttled)


class NewPassword(Lookup):
    """Whose token it is, and the new password."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": examples.EMAIL, "password": examples.PASSWORD}]})

    password: Password = Field(title="Password")


class PasswordReset(Model):
    """The new password counts; every session has ended."""

    message: str = Field(default="Password reset successfully", examples=["Password reset successfully"])
    success: Literal[True] = True
    device: Device


@endpoint(body=NewPassword, answer=PasswordReset, caller=lambda token, _: token, refusals=REFUSALS, takes_key=True)
def handler(call: Call[NewPassword, str]) -> PasswordReset:
    device = resets.complete(call.caller, call.body.address, call.body.password, call.idempotency_key, call.client)
    return PasswordReset(device=device)
