"""Making a customer: body and answer."""

from typing import Any, ClassVar, Literal, Self

from pydantic import Field, JsonValue

from customer_auth import clock, creation, devices, examples, profiles
from customer_auth.customers import Names
from customer_auth.fields import Email, FromClient, Model, Name, Phone, Text
from customer_auth.models.customers import CustomerShown
from customer_auth.models.kinds import AccessToken, Challenge, Device, LifeSeconds, RefreshToken, Time
from customer_auth.verifications import Asked

_REFERRAL_CODE = "referral_code"


class NewCustomer(FromClient):
    """What the new customer says of themselves; an address that was registered need not come again."""

    email: Email | None = Field(default=None, title="Email")
    phone: Phone | None = Field(default=None, title="Phone number")
    first_name: Name | None = Field(default=None, title="First name", examples=["Ada"])
    last_name: Name | None = Field(default=None, title="Last name", examples=["Lovelace"])
    company_name: Name | None = Field(default=None, title="Company name", examples=["Analytical Engines"])
    metadata: dict[str, JsonValue] = Field(
        default={},
        title="Metadata",
        description=f"At most {profiles.MOST_KEYS} members and 16 KB; a `referral_code` in it is taken out.",
        examples=[{"newsletter": True}],
    )
    referral_code: Text | None = Field(
        default=None, title="Referral code", description="Of the customer who sent this one.", examples=[examples.REFERRAL_CODE]
    )

    @property
    def wanted(self) -> creation.Wanted:
        """The customer that is wanted."""
        metadata: dict[str, Any] = dict(self.metadata)
        in_metadata = metadata.pop(_REFERRAL_CODE, None)
        code = self.referral_code if self.referral_code is not None else in_metadata
        names = Names(self.first_name, self.last_name)
        code = None if code is None else str(code)
        return creation.Wanted(self.email, self.phone, names, self.company_name, metadata, code)


class Verification(Model):
    """A code that is on its way to an address of the new customer."""

    type: Literal["email_verification", "phone_verification"]
    token: Challenge
    expires_at: Time


class Created(Model):
    """The new customer; a session where nothing is left to verify, else the codes that were sent, where they are sent by themselves."""

    http_statuses: ClassVar[tuple[int, ...]] = (201,)

    customer: CustomerShown
    token: AccessToken | None
    refresh_token: RefreshToken | None
    expires_in: LifeSeconds | None
    device: Device | None
    verifications: list[Verification]

    @property
    def http_status(self) -> int:
        return 201

    @classmethod
    def of(cls, created: creation.Created, asked: list[Asked]) -> Self:
        """The answer for a customer."""
        pair, verified = created.pair, [each for each in created.customer.addresses if created.customer.is_verified(each.channel)]
        told = [
            Verification(type=f"{each.address.channel}_verification", token=each.challenge, expires_at=clock.iso(each.expires_at))  # type: ignore[arg-type]
            for each in asked
        ]
        return cls(
            customer=CustomerShown.of(created.customer),
            token=pair.access_token if pair else None,
            refresh_token=pair.refresh_token if pair else None,
            expires_in=pair.expires_in if pair else None,
            device=devices.issue(verified[0], at=created.begun_at) if pair and verified else None,
            verifications=told,
        )
