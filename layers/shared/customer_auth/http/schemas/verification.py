"""Verifying an address: responses."""

from typing import Self

from pydantic import Field

from customer_auth.flows.verification import Verified
from customer_auth.http.schemas import tokens
from customer_auth.http.schemas.customers import CustomerResponse
from customer_auth.http.schemas.tokens import OptionalTokensResponse


class VerifyAddressResponse(OptionalTokensResponse):
    """The address is verified; with a session if nothing else is left to verify and it may sign in."""

    verified: bool = Field(examples=[True])
    customer: CustomerResponse
    email_verified: bool = Field(examples=[True])
    phone_verified: bool = Field(examples=[True])
    needs_login: bool = Field(examples=[False])

    @classmethod
    def of(cls, result: Verified) -> Self:
        customer = result.customer
        return cls(
            verified=True,
            customer=CustomerResponse.of(customer),
            email_verified=customer.email_verified,
            phone_verified=customer.phone_verified,
            needs_login=result.token_pair is None,
            **tokens.members(result.token_pair, result.device),
        )
