"""POST /store/customers/otp/send: sends the code that verifies an address which a customer claims."""

from typing import Literal

from pydantic import Field

from customer_auth import examples, verifications
from customer_auth.address import Channel
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import Throttled
from customer_auth.fields import Token
from customer_auth.models.asking import CodeSent
from customer_auth.models.base import FromClient


class Ask(FromClient):
    """Whose address, and which."""

    customer_id: Token = Field(title="Customer", examples=[examples.CUSTOMER_ID])
    type: Literal["email_verification", "phone_verification"] = Field(title="Type")


@endpoint(body=Ask, answer=CodeSent, refusals=(Throttled,))
def handler(call: Call[Ask, None]) -> CodeSent:
    channel = Channel(call.body.type.partition("_")[0])
    return CodeSent.of(verifications.ask(call.body.customer_id, channel, call.client))
