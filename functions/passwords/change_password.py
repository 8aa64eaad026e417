"""POST /store/customers/change-password: changes one's own password, by the old one or a sign-in of just now."""

from pydantic import Field

from customer_auth.base.account_errors import ReauthenticationRequired
from customer_auth.base.errors import BadRequest, FieldError, Throttled, WrongPassword
from customer_auth.flows import password_change
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Model, NewPassword, Password
from customer_auth.http.schemas.field_types import CustomerId
from customer_auth.http.schemas.tokens import PasswordTokensResponse, members
from customer_auth.sessions import sessions

REFUSALS = (WrongPassword, ReauthenticationRequired, Throttled)


class Passwords(Model):
    """The old one, which who has none leaves out, and the new one twice."""

    old_password: Password | None = Field(default=None, title="Old password")
    new_password: NewPassword = Field(title="New password")
    confirm_password: NewPassword = Field(title="Confirmed password")


class PasswordChanged(PasswordTokensResponse):
    """What the caller goes on with; every other session has ended."""

    message: str = Field(default="Password changed successfully", examples=["Password changed successfully"])
    customer_id: CustomerId


@endpoint(
    body=Passwords, answer=PasswordChanged, caller=sessions.authenticate, refusals=REFUSALS, uses=("dynamodb", "secretsmanager", "kms")
)
def handler(call: Call[Passwords, sessions.Caller]) -> PasswordChanged:
    if call.body.confirm_password != call.body.new_password:
        message = "must be the new password once more"
        raise BadRequest(f"Confirmed password {message}", FieldError("confirm_password", message))
    changed = password_change.change(call.caller, call.body.old_password, call.body.new_password, call.client, call.issuer)
    return PasswordChanged(customer_id=changed.customer_id, **members(changed.token_pair, changed.device))
