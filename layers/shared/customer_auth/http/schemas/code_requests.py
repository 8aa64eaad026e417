"""Asking for a code: bodies and answers."""

from typing import Literal, Self

from pydantic import Field

from customer_auth.base import clock
from customer_auth.http import examples
from customer_auth.http.fields import Email, Phone, Text
from customer_auth.http.schemas.base import CamelModel, FromClient, Model
from customer_auth.http.schemas.field_types import Challenge, MaskedEmail, MaskedPhone, Time
from customer_auth.otp.codes import IssuedChallenge


class PhoneFields(Model):
    """A phone."""

    phone: Phone = Field(title="Phone number")


class PhoneCodeRequest(FromClient, PhoneFields):
    """A phone that a code is asked for."""


class PhoneCodeResendRequest(PhoneCodeRequest):
    """The same, once more."""

    challenge: Text | None = Field(
        default=None,
        title="Challenge",
        description="Of the code asked for before; it may have expired.",
        examples=[examples.CHALLENGE],
    )


class EmailFields(Model):
    """An email address."""

    email: Email = Field(title="Email")


class EmailCodeRequest(FromClient, EmailFields):
    """An email address that a code is asked for."""


class CodeRequestedResponse(Model):
    """A code is on its way, if the number is one that gets any."""

    challenge: Challenge
    expires_at: Time = Field(description="When the code ends.")
    resend_at: Time = Field(description="When the next code may be asked for.")
    masked_phone: MaskedPhone

    @classmethod
    def of(cls, asked: IssuedChallenge) -> Self:
        """The answer for what was asked."""
        return cls(
            challenge=asked.challenge,
            expires_at=clock.iso(asked.expires_at),
            resend_at=clock.iso(asked.resend_at),
            masked_phone=asked.address.masked,
        )


class _Sent(CamelModel):
    success: Literal[True] = True
    challenge: Challenge
    expires_at: Time = Field(description="When the code ends.")
    resend_at: Time = Field(description="When the next code may be asked for.")


class EmailCodeSentResponse(_Sent):
    """A code is on its way to the email address."""

    message: str = "OTP sent to email successfully"
    masked_email: MaskedEmail

    @classmethod
    def of(cls, asked: IssuedChallenge) -> Self:
        """The answer for what was asked."""
        return cls(
            challenge=asked.challenge,
            expires_at=clock.iso(asked.expires_at),
            resend_at=clock.iso(asked.resend_at),
            masked_email=asked.address.masked,
        )


class MobileCodeSentResponse(_Sent):
    """A code is on its way to the phone."""

    message: str = "OTP sent to mobile successfully"
    masked_phone: MaskedPhone

    @classmethod
    def of(cls, asked: IssuedChallenge) -> Self:
        """The answer for what was asked."""
        return cls(
            challenge=asked.challenge,
            expires_at=clock.iso(asked.expires_at),
            resend_at=clock.iso(asked.resend_at),
            masked_phone=asked.address.masked,
        )


class CodeSentResponse(Model):
    """A code is on its way, if there is an address to send it to; its challenge is the token."""

    token: Challenge
    expires_at: Time = Field(description="When the code ends.")
    resend_at: Time = Field(description="When the next code may be asked for.")

    @classmethod
    def of(cls, asked: IssuedChallenge) -> Self:
        """The answer for what was asked."""
        return cls(token=asked.challenge, expires_at=clock.iso(asked.expires_at), resend_at=clock.iso(asked.resend_at))
