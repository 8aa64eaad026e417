"""A customer as the answers show one."""

from typing import Any, Self

from pydantic import Field

from customer_auth import clock
from customer_auth.customers import Customer
from customer_auth.fields import CamelModel, Model


class CustomerShown(Model):
    """A customer, as the store's own families know one."""

    id: str = Field(examples=["cus_4fj0k2p9v7q1m8r3t6a5c0dn"])
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    company_name: str | None
    metadata: dict[str, Any]
    email_verified: bool
    phone_verified: bool
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, customer: Customer) -> Self:
        """The same person, with times in ISO 8601 UTC."""
        fields = {name: getattr(customer, name) for name in cls.model_fields if not name.endswith("_at")}
        return cls(**fields, created_at=clock.iso(customer.created_at), updated_at=clock.iso(customer.updated_at))


class UserShown(CamelModel):
    """The same person, as the sign-in API knows one."""

    user_id: str
    email: str | None
    phone: str | None
    name: str | None
    verified_email: bool
    verified_phone: bool

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
