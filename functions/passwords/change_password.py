"""POST /store/customers/change-password: changes one's own password, by the old one or after a recent sign-in."""

from pydantic import Field

from customer_auth.base.account_errors import ReauthenticationRequired
from customer_auth.base.errors import BadRequest, FieldError, Throttled, WrongPassword
from customer_auth.flows import password_change
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import NewPassword, Password
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.field_types import CustomerId
from customer_auth.http.schemas.tokens import PasswordTokensResponse, members
from customer_auth.sessions import sessions

REFUSALS = (WrongPassword, ReauthenticationRequired, Throttled)


class ChangePasswordRequest(Model):
    """The old password, if there is one, and the new one twice."""

    old_password: Password | None = Field(default=None, title="Old password")
    new_password: NewPassword = Field(title="New password")
    confirm_password: NewPassword = Field(title="Confirmed password")


class ChangePasswordResponse(PasswordTokensResponse):
    """The tokens that the caller goes on with; every other session has ended."""

    message: str = Field(default="Password changed successfully", examples=["Password changed successfully"])
    customer_id: CustomerId


@endpoint(
    body=ChangePasswordRequest,
    answer=ChangePasswordResponse,
    caller=sessions.authenticate,
    refusals=REFUSALS,
    uses=("dynamodb", "secretsmanager", "kms"),
)
def handler(call: Call[ChangePasswordRequest, sessions.Caller]) -> ChangePasswordResponse:
    if call.body.confirm_password != call.body.new_password:
        message = "must be the new password once more"
        raise BadRequest(f"Confirmed password {message}", FieldError("confirm_password", message))
    changed = password_change.change(call.caller, call.body.old_password, call.body.new_password, call.client, call.issuer)
    return ChangePasswordResponse(customer_id=changed.customer_id, **members(changed.token_pair, changed.device))
