"""Whom a customer has referred: query and answer."""

from typing import Annotated, Self

from pydantic import Field, WithJsonSchema

from customer_auth.addresses.address import Channel
from customer_auth.base import clock
from customer_auth.customers import customers
from customer_auth.customers.referred_customer_items import ReferredCustomer
from customer_auth.http import examples
from customer_auth.http.fields import Model, Text
from customer_auth.http.schemas.field_types import CustomerId, MaskedEmail, MaskedPhone, Time

_MOST = 100


type LinkId = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^refl_[0-9a-v]{24}$", "examples": [examples.REFERRAL_LINK]})]


class Page(Model):
    """Which page."""

    limit: int = Field(default=20, ge=1, le=_MOST, title="Limit", description="How many at most.", examples=[20])
    cursor: Text | None = Field(default=None, title="Cursor", description="Of the page before.", examples=[examples.CURSOR])


class ReferredCustomerResponse(Model):
    """Who was referred: names, and contacts masked."""

    id: CustomerId
    email: MaskedEmail | None
    phone: MaskedPhone | None
    first_name: str | None = Field(examples=["Grace"])
    last_name: str | None = Field(examples=["Hopper"])
    created_at: Time


class ReferralResponse(Model):
    """That one customer referred another."""

    referral_link_id: LinkId
    referred_at: Time
    parent_customers_by_level: dict[str, str] = Field(
        description="Who referred, who referred that one, and so on.", examples=[{"1": examples.CUSTOMER_ID}]
    )
    customer: ReferredCustomerResponse

    @classmethod
    def of(cls, referred: ReferredCustomer) -> Self:
        """The answer for one customer."""
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
    """One page, newest first; no cursor on the last one."""

    children: list[ReferralResponse]
    next_cursor: str | None = Field(examples=[examples.CURSOR])

    @classmethod
    def of(cls, found: list[ReferredCustomer], cursor: str | None) -> Self:
        """The answer for a page."""
        return cls(children=[ReferralResponse.of(each) for each in found], next_cursor=cursor)
