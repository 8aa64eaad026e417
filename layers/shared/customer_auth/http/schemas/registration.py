"""Creating a customer: request and response."""

from typing import Any, ClassVar, Literal, Self

from pydantic import Field, JsonValue

from customer_auth.addresses import cleaning
from customer_auth.base import clock
from customer_auth.customers import profiles
from customer_auth.customers.customers import Names
from customer_auth.flows import customer_creation
from customer_auth.http import examples
from customer_auth.http.fields import Email, Phone, ReferralCode
from customer_auth.http.schemas import tokens
from customer_auth.http.schemas.base import FromClient, Model
from customer_auth.http.schemas.customers import CustomerResponse
from customer_auth.http.schemas.field_types import Challenge, Time
from customer_auth.http.schemas.names import NamedWithCompany
from customer_auth.http.schemas.tokens import OptionalTokensResponse
from customer_auth.otp.issuing import IssuedChallenge

_REFERRAL_CODE = "referral_code"


class CreateCustomerRequest(FromClient, NamedWithCompany):
    """What the new customer enters; the registered address may be left out."""

    email: Email | None = Field(default=None, title="Email")
    phone: Phone | None = Field(default=None, title="Phone number")
    metadata: dict[str, JsonValue] = Field(
        default={},
        title="Metadata",
        description=f"At most {profiles.MAX_KEYS} members and 16 KB; a `referral_code` in it is used as the referral code.",
        examples=[{"newsletter": True}],
    )
    referral_code: ReferralCode | None = Field(
        default=None,
        title="Referral code",
        description="Of the customer who referred this one.",
        examples=[examples.REFERRAL_CODE],
    )

    @property
    def details(self) -> customer_creation.CustomerDetails:
        """The details as the flow takes them."""
        metadata: dict[str, Any] = dict(self.metadata)
        in_metadata = metadata.pop(_REFERRAL_CODE, None)
        code = self.referral_code or ("" if in_metadata is None else cleaning.trim(str(in_metadata)))
        names = Names(self.first_name, self.last_name)
        return customer_creation.CustomerDetails(self.email, self.phone, names, self.company_name, metadata, code or None)


class Verification(Model):
    """A code that was sent to an address of the new customer."""

    type: Literal["email_verification", "phone_verification"]
    token: Challenge
    expires_at: Time


class CreateCustomerResponse(OptionalTokensResponse):
    """The new customer, with a session if nothing is left to verify; otherwise the codes that were sent, if they are sent automatically."""

    http_statuses: ClassVar[tuple[int, ...]] = (201,)

    customer: CustomerResponse
    verifications: list[Verification]

    @classmethod
    def of(cls, created: customer_creation.CreatedCustomer, issued: list[IssuedChallenge]) -> Self:
        """The response for a new customer and the challenges issued for it."""
        verifications = [
            Verification(type=f"{each.address.channel}_verification", token=each.challenge, expires_at=clock.iso(each.expires_at))  # type: ignore[arg-type]
            for each in issued
        ]
        return cls(
            customer=CustomerResponse.of(created.customer),
            verifications=verifications,
            **tokens.members(created.token_pair, created.device),
        )
