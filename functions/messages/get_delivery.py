"""GET /api/v1/auth/challenges/{challenge}: how far the message with this challenge's code is."""

from typing import Literal

from pydantic import Field

from customer_auth.base import clock
from customer_auth.base.errors import NotFound
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.field_types import Time
from customer_auth.messaging import deliveries


class Delivery(Model):
    """On its way, taken by the provider, or refused by it for good."""

    delivery: Literal["queued", "sent", "delivered", "failed"]
    reason: str | None = Field(description="Why it failed.", examples=[None])
    resend_at: Time = Field(description="When the next code may be asked for.")
    expires_at: Time = Field(description="When the code ends.")


@endpoint(answer=Delivery, refusals=(NotFound,))
def handler(call: Call[None, None]) -> Delivery:
    delivery = deliveries.get(call.parameters["challenge"])
    return Delivery(
        delivery=delivery.state,
        reason=delivery.reason,
        resend_at=clock.iso(delivery.resend_at),
        expires_at=clock.iso(delivery.expires_at),
    )
