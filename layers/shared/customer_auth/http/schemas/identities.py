"""A customer's accounts at providers, as the answers show them."""

from typing import Self

from pydantic import Field

from customer_auth.base import clock
from customer_auth.customers.provider_account_items import LinkedAccount
from customer_auth.http.schemas.base import Model
from customer_auth.http.schemas.field_types import Provider, Time


class IdentityResponse(Model):
    """One account at a provider."""

    provider: Provider
    email: str | None = Field(description="What the provider said when it was added; it may be unverified.", examples=["ada@gmail.com"])
    linked_at: Time

    @classmethod
    def of(cls, account: LinkedAccount) -> Self:
        return cls(provider=account.provider, email=account.email, linked_at=clock.iso(account.linked_at))


class IdentitiesResponse(Model):
    """The customer's accounts at providers, by which they can sign in."""

    identities: list[IdentityResponse]
