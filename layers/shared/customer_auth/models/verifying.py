"""Verifying an address: answers."""

from typing import Self

from pydantic import Field

from customer_auth.fields import Model
from customer_auth.models.customers import CustomerShown
from customer_auth.models.kinds import AccessToken, Device, LifeSeconds, RefreshToken
from customer_auth.verifications import Verified


class AddressVerified(Model):
    """The address is the customer's; with a session where nothing else is left to verify and it may sign in."""

    verified: bool = Field(examples=[True])
    customer: CustomerShown
    email_verified: bool = Field(examples=[True])
    phone_verified: bool = Field(examples=[True])
    token: AccessToken | None
    refresh_token: RefreshToken | None
    expires_in: LifeSeconds | None
    device: Device | None
    needs_login: bool = Field(examples=[False])

    @classmethod
    def of(cls, told: Verified) -> Self:
        """The answer for what was verified."""
        customer, pair = told.customer, told.pair
        return cls(
            verified=True,
            customer=CustomerShown.of(customer),
            email_verified=customer.email_verified,
            phone_verified=customer.phone_verified,
            token=pair.access_token if pair else None,
            refresh_token=pair.refresh_token if pair else None,
            expires_in=pair.expires_in if pair else None,
            device=told.device,
            needs_login=pair is None,
        )
