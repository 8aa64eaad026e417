"""POST /store/customers/otp/send: sends the code that verifies an address which a customer claims."""

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


class Ask(FromClient):
    """Whose address, and which."""

    customer_id: Token = Field(title="Customer", examples=[examples.CUSTOMER_ID])
    type: Literal["email_verification", "phone_verification"] = Field(title="Type")


@endpoint(body=Ask, answer=CodeSentResponse, refusals=(Throttled,))
def handler(call: Call[Ask, None]) -> CodeSentResponse:
    channel = Channel(call.body.type.partition("_")[0])
    return CodeSentResponse.of(verification.request_code(call.body.customer_id, channel, call.client))
