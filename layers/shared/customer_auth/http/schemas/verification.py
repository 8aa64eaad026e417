"""Verifying an address: answers."""

from typing import Self

from pydantic import Field

from customer_auth.flows.verification import Verified
from customer_auth.http.schemas import tokens
from customer_auth.http.schemas.customers import CustomerResponse
from customer_auth.http.schemas.tokens import OptionalTokensResponse


class VerifyAddressResponse(OptionalTokensResponse):
    """The address is the customer's; with a session where nothing else is left to verify and it may sign in."""

    verified: bool = Field(examples=[True])
    customer: CustomerResponse
    email_verified: bool = Field(examples=[True])
    phone_verified: bool = Field(examples=[True])
    needs_login: bool = Field(examples=[False])

    @classmethod
    def of(cls, told: Verified) -> Self:
        """The answer for what was verified."""
        customer = told.customer
        return cls(
            verified=True,
            customer=CustomerResponse.of(customer),
            email_verified=customer.email_verified,
            phone_verified=customer.phone_verified,
            needs_login=told.token_pair is None,
            **tokens.members(told.token_pair, told.device),
        )
