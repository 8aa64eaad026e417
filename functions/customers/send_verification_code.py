"""POST /store/customers/otp/send: sends the code that verifies an unverified address of a customer."""

from typing import Literal

from pydantic import Field

from customer_auth.addresses.address import Channel
from customer_auth.base.errors import Throttled
from customer_auth.flows import verification
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Token
from customer_auth.http.schemas.base import FromClient
from customer_auth.http.schemas.code_requests import CodeSentResponse


class SendVerificationCodeRequest(FromClient):
    """Whose address, and which one."""

    customer_id: Token = Field(title="Customer", examples=[examples.CUSTOMER_ID])
    type: Literal["email_verification", "phone_verification"] = Field(title="Type")


@endpoint(body=SendVerificationCodeRequest, answer=CodeSentResponse, refusals=(Throttled,))
def handler(call: Call[SendVerificationCodeRequest, None]) -> CodeSentResponse:
    channel = Channel(call.body.type.partition("_")[0])
    return CodeSentResponse.of(verification.request_code(call.body.customer_id, channel, call.client))
