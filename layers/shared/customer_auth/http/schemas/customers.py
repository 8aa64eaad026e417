"""A customer as the answers show one."""

from typing import Any, Self

from pydantic import Field

from customer_auth.base import clock
from customer_auth.customers.customers import Customer
from customer_auth.http import examples
from customer_auth.http.schemas.base import CamelModel, Model
from customer_auth.http.schemas.field_types import E164, CustomerId, Mailbox, Time


class CustomerResponse(Model):
    """A customer, as the store's own families know one."""

    id: CustomerId
    email: Mailbox | None
    phone: E164 | None
    first_name: str | None = Field(examples=["Ada"])
    last_name: str | None = Field(examples=["Lovelace"])
    company_name: str | None = Field(examples=[None])
    metadata: dict[str, Any] = Field(description="What the shop keeps with its customer.", examples=[{}])
    email_verified: bool = Field(examples=[True])
    phone_verified: bool = Field(examples=[True])
    referral_code: str = Field(description="For others to name who sent them.", examples=[examples.REFERRAL_CODE])
    created_at: Time
    updated_at: Time

    @classmethod
    def of(cls, customer: Customer) -> Self:
        """The same person, with times in ISO 8601 UTC."""
        fields = {name: getattr(customer, name) for name in cls.model_fields if not name.endswith("_at")}
        return cls(**fields, created_at=clock.iso(customer.created_at), updated_at=clock.iso(customer.updated_at))


class Me(Model):
    """Who is signed in."""

    customer: CustomerResponse


class UserResponse(CamelModel):
    """The same person, as the sign-in API knows one."""

    user_id: CustomerId
    email: Mailbox | None
    phone: E164 | None
    name: str | None = Field(examples=["Ada Lovelace"])
    verified_email: bool = Field(examples=[True])
    verified_phone: bool = Field(examples=[True])

    @classmethod
    def of(cls, customer: Customer) -> Self:
        """The same person by the sign-in API's names."""
        return cls(
            user_id=customer.id,
            email=customer.email,
            phone=customer.phone,
            name=" ".join(name for name in (customer.first_name, customer.last_name) if name) or None,
            verified_email=customer.email_verified,
            verified_phone=customer.phone_verified,
        )
