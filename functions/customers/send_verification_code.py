"""POST /store/customers/otp/send: sends the code that verifies an address which a customer claims."""

from typing import Literal, Self

from pydantic import Field

from customer_auth import clock, examples, verifications
from customer_auth.address import Channel
from customer_auth.codes import Asked
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import Throttled
from customer_auth.fields import FromClient, Model, Text
from customer_auth.models.kinds import Challenge, Time


class Ask(FromClient):
    """Whose address, and which."""

    customer_id: Text = Field(title="Customer", examples=[examples.CUSTOMER_ID])
    type: Literal["email_verification", "phone_verification"] = Field(title="Type")


class Sent(Model):
    """A code is on its way, if there is anything to verify."""

    token: Challenge
    expires_at: Time
    resend_at: Time

    @classmethod
    def of(cls, asked: Asked) -> Self:
        """The answer for what was asked."""
        return cls(token=asked.challenge, expires_at=clock.iso(asked.expires_at), resend_at=clock.iso(asked.resend_at))


@endpoint(body=Ask, answer=Sent, refusals=(Throttled,))
def handler(call: Call[Ask, None]) -> Sent:
    channel = Channel(call.body.type.partition("_")[0])
    return Sent.of(verifications.ask(call.body.customer_id, channel, call.client))
