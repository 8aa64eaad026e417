"""Asking for a code: bodies and answers."""

from typing import Self

from pydantic import Field

from customer_auth import clock
from customer_auth.codes import Asked
from customer_auth.fields import CamelModel, Email, FromClient, Model, Phone, Text

_CHALLENGE = Field(title="Challenge", description="Names the code; sent back with it, it gives the try a count of its own.")


class AskByPhone(FromClient):
    """A phone that a code is asked for."""

    phone: Phone = Field(title="Phone number")


class AskAgainByPhone(AskByPhone):
    """The same, once more."""

    challenge: Text | None = Field(default=None, title="Challenge", description="Of the code asked for before; it may have expired.")


class AskByEmail(FromClient):
    """An email address that a code is asked for."""

    email: Email = Field(title="Email")


class CodeAsked(Model):
    """A code is on its way, if the number is one that gets any."""

    challenge: str = _CHALLENGE
    expires_at: str = Field(description="When the code ends, ISO 8601 UTC.")
    resend_at: str = Field(description="When the next code may be asked for, ISO 8601 UTC.")
    masked_phone: str = Field(examples=["+1*****0123"])

    @classmethod
    def of(cls, asked: Asked) -> Self:
        """The answer for what was asked."""
        return cls(
            challenge=asked.challenge,
            expires_at=clock.iso(asked.expires_at),
            resend_at=clock.iso(asked.resend_at),
            masked_phone=asked.address.masked,
        )


class _Sent(CamelModel):
    success: bool = True
    message: str
    challenge: str = _CHALLENGE
    expires_at: str = Field(description="When the code ends, ISO 8601 UTC.")
    resend_at: str = Field(description="When the next code may be asked for, ISO 8601 UTC.")


class EmailSent(_Sent):
    """A code is on its way to the email address."""

    masked_email: str = Field(examples=["a***@example.com"])

    @classmethod
    def of(cls, asked: Asked) -> Self:
        """The answer for what was asked."""
        return cls(
            message="OTP sent to email successfully",
            challenge=asked.challenge,
            expires_at=clock.iso(asked.expires_at),
            resend_at=clock.iso(asked.resend_at),
            masked_email=asked.address.masked,
        )


class MobileSent(_Sent):
    """A code is on its way to the phone."""

    masked_phone: str = Field(examples=["+1*****0123"])

    @classmethod
    def of(cls, asked: Asked) -> Self:
        """The answer for what was asked."""
        return cls(
            message="OTP sent to mobile successfully",
            challenge=asked.challenge,
            expires_at=clock.iso(asked.expires_at),
            resend_at=clock.iso(asked.resend_at),
            masked_phone=asked.address.masked,
        )
