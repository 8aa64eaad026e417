"""Changing an address: answers."""

from typing import Self

from customer_auth.contacts import ContactChanged
from customer_auth.fields import Model
from customer_auth.models.customers import CustomerShown
from customer_auth.models.kinds import AccessToken, Device, LifeSeconds, RefreshToken


class ContactVerified(Model):
    """The customer with the new address, and what the caller goes on with; every other session has ended."""

    customer: CustomerShown
    token: AccessToken
    refresh_token: RefreshToken
    expires_in: LifeSeconds
    device: Device

    @classmethod
    def of(cls, told: ContactChanged) -> Self:
        """The answer for what was changed."""
        pair = told.pair
        return cls(
            customer=CustomerShown.of(told.customer),
            token=pair.access_token,
            refresh_token=pair.refresh_token,
            expires_in=pair.expires_in,
            device=told.device,
        )
