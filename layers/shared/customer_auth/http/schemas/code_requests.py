"""Code requests: bodies and responses."""

from typing import Any, ClassVar, Literal, Self

from pydantic import Field

from customer_auth.base import clock
from customer_auth.http import examples
from customer_auth.http.fields import Email, Phone, Text
from customer_auth.http.schemas.base import CamelModel, FromClient, Model
from customer_auth.http.schemas.field_types import Challenge, MaskedEmail, MaskedPhone, Time
from customer_auth.otp.issuing import IssuedChallenge


class PhoneFields(Model):
    """A phone number."""

    phone: Phone = Field(title="Phone number")


class PhoneCodeRequest(FromClient, PhoneFields):
    """A code for a phone number."""


class PhoneCodeResendRequest(PhoneCodeRequest):
    """The same, once more."""

    challenge: Text | None = Field(
        default=None,
        title="Challenge",
        description="Of the code requested before; it may have expired.",
        examples=[examples.CHALLENGE],
    )


class EmailFields(Model):
    """An email address."""

    email: Email = Field(title="Email")


class EmailCodeRequest(FromClient, EmailFields):
    """A code for an email address."""


class _Issued(Model):
    """What every response to a code request says, whether or not a message goes out."""

    challenge_field: ClassVar[str] = "challenge"
    masked_field: ClassVar[str | None] = None

    expires_at: Time = Field(description="When the code expires.")
    resend_at: Time = Field(description="When the next code may be requested.")

    @classmethod
    def of(cls, issued: IssuedChallenge) -> Self:
        members: dict[str, Any] = {cls.challenge_field: issued.challenge}
        if cls.masked_field:
            members[cls.masked_field] = issued.address.masked
        return cls(**members, expires_at=clock.iso(issued.expires_at), resend_at=clock.iso(issued.resend_at))


class CodeRequestedResponse(_Issued):
    """A code is on its way, if the number gets any."""

    masked_field = "masked_phone"

    challenge: Challenge
    masked_phone: MaskedPhone


class CodeSentResponse(_Issued):
    """A code is on its way, if there is an address to send it to; its challenge is the token."""

    challenge_field = "token"

    token: Challenge


class _SignInCodeSent(_Issued, CamelModel):
    success: Literal[True] = True
    challenge: Challenge


class EmailCodeSentResponse(_SignInCodeSent):
    """A code is on its way to the email address."""

    masked_field = "masked_email"

    message: str = "OTP sent to email successfully"
    masked_email: MaskedEmail


class MobileCodeSentResponse(_SignInCodeSent):
    """A code is on its way to the phone."""

    masked_field = "masked_phone"

    message: str = "OTP sent to mobile successfully"
    masked_phone: MaskedPhone
