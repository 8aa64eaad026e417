"""POST /store/customers/account-deletion/cancel-confirm: cancels the deletion, by the code sent or by the token of a refused sign-in."""

from typing import Literal

from pydantic import ConfigDict, Field

from customer_auth.base.account_errors import AccountDeletionPending
from customer_auth.base.errors import BadRequest, FieldError, Throttled, WrongCode
from customer_auth.flows import deletion_cancellation
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Code, Token
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.deletion import DeletionResponse
from customer_auth.otp.proofs import CodeAttempt
from customer_auth.tokens import cancel_tokens


class CancelDeletionRequest(Model):
    """A code with the token of its request, or the `cancel_token` of a refused sign-in alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["code"], "properties": {"code": {"type": "string"}}}, {"properties": {"token": {"pattern": "^cus_"}}}],
            "examples": [{"token": examples.CHALLENGE, "code": examples.CODE}],
        }
    )

    token: Token = Field(title="Token", examples=[examples.CHALLENGE])
    code: Code | None = Field(default=None, title="Code")


class CancelDeletionResponse(Model):
    """The cancelled request; the account stays."""

    cancelled: Literal[True] = True
    request: DeletionResponse


@endpoint(
    body=CancelDeletionRequest, answer=CancelDeletionResponse, refusals=(WrongCode, Throttled, AccountDeletionPending), takes_key=True
)
def handler(call: Call[CancelDeletionRequest, None]) -> CancelDeletionResponse:
    if cancel_tokens.is_cancel_token(call.body.token):
        return CancelDeletionResponse(request=DeletionResponse.of(deletion_cancellation.cancel_by_token(call.body.token)))
    if call.body.code is None:
        raise BadRequest("Code is required", FieldError("code", "is required", missing=True))
    attempt = CodeAttempt(call.body.code, call.body.token, call.idempotency_key, call.client)
    return CancelDeletionResponse(request=DeletionResponse.of(deletion_cancellation.cancel(attempt)))
