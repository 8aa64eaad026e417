"""The customers whom one has referred: query and response."""

from typing import Annotated, Self

from pydantic import Field, WithJsonSchema

from customer_auth.addresses.address import Channel
from customer_auth.base import clock
from customer_auth.customers import customers
from customer_auth.customers.referred_customer_items import ReferredCustomer
from customer_auth.http import examples
from customer_auth.http.fields import Text
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.field_types import CustomerId, MaskedEmail, MaskedPhone, Time

_MAX_LIMIT = 100

type LinkId = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^refl_[0-9a-v]{24}$", "examples": [examples.REFERRAL_LINK]})]


class ReferralsQuery(Model):
    """Which page."""

    limit: int = Field(default=20, ge=1, le=_MAX_LIMIT, title="Limit", description="Referrals on a page, at most.", examples=[20])
    cursor: Text | None = Field(default=None, title="Cursor", description="`next_cursor` of the previous page.", examples=[examples.CURSOR])


class ReferredCustomerResponse(Model):
    """A referred customer: names, and masked contacts."""

    id: CustomerId
    email: MaskedEmail | None
    phone: MaskedPhone | None
    first_name: str | None = Field(examples=["Grace"])
    last_name: str | None = Field(examples=["Hopper"])
    created_at: Time


class ReferralResponse(Model):
    """One customer's referral of another."""

    referral_link_id: LinkId
    referred_at: Time
    parent_customers_by_level: dict[str, str] = Field(
        description="The referrer, the referrer's referrer, and so on.", examples=[{"1": examples.CUSTOMER_ID}]
    )
    customer: ReferredCustomerResponse

    @classmethod
    def of(cls, referred: ReferredCustomer) -> Self:
        """The response for one customer."""
        at = clock.iso(referred.created_at)
        masked = {
            str(channel): customers.address_of(channel, spelling).masked if spelling else None
            for channel, spelling in ((Channel.EMAIL, referred.email), (Channel.PHONE, referred.phone))
        }
        names = {"first_name": referred.first_name, "last_name": referred.last_name}
        return cls(
            referral_link_id=f"refl_{referred.id.partition('_')[2]}",
            referred_at=at,
            parent_customers_by_level={str(level): each for level, each in enumerate(referred.referrers, 1)},
            customer=ReferredCustomerResponse(id=referred.id, created_at=at, **masked, **names),
        )


class ReferralsResponse(Model):
    """One page, newest first; the last one has no cursor."""

    children: list[ReferralResponse]
    next_cursor: str | None = Field(examples=[examples.CURSOR])

    @classmethod
    def of(cls, referred: list[ReferredCustomer], cursor: str | None) -> Self:
        """The response for a page."""
        return cls(children=[ReferralResponse.of(each) for each in referred], next_cursor=cursor)
