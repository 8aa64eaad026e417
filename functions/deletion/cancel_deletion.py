"""POST /store/customers/account-deletion/cancel-confirm: keeps the account, by the code that came or by what a refused sign-in gave."""

from typing import Literal

from pydantic import ConfigDict, Field

from customer_auth import cancel_tokens, codes, deletions, examples
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import AccountDeletionPending, BadRequest, FieldError, Throttled, WrongCode
from customer_auth.fields import Code, Token
from customer_auth.models.base import Model
from customer_auth.models.deleting import DeletionShown


class Keeping(Model):
    """A code, for the token that it was asked for with; a sign-in's `cancel_token` alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["code"], "properties": {"code": {"type": "string"}}}, {"properties": {"token": {"pattern": "^cus_"}}}],
            "examples": [{"token": examples.CHALLENGE, "code": examples.CODE}],
        }
    )

    token: Token = Field(title="Token", examples=[examples.CHALLENGE])
    code: Code | None = Field(default=None, title="Code")


class Cancelled(Model):
    """The account stays."""

    cancelled: Literal[True] = True
    request: DeletionShown


@endpoint(body=Keeping, answer=Cancelled, refusals=(WrongCode, Throttled, AccountDeletionPending), takes_key=True)
def handler(call: Call[Keeping, None]) -> Cancelled:
    if cancel_tokens.is_one(call.body.token):
        return Cancelled(request=DeletionShown.of(deletions.cancel_by_token(call.body.token)))
    if call.body.code is None:
        raise BadRequest("Code is required", FieldError("code", "is required", missing=True))
    attempt = codes.Attempt(call.body.code, call.body.token, call.idempotency_key, call.client)
    return Cancelled(request=DeletionShown.of(deletions.cancel(attempt)))
