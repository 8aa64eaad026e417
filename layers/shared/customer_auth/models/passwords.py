"""Registering and signing in by password: bodies and answers."""

from typing import ClassVar, Self

from pydantic import Field

from customer_auth.address import Address
from customer_auth.errors import BadRequest, FieldError
from customer_auth.fields import Email, EmailOrPhone, FromClient, Model, Password, Phone
from customer_auth.models.kinds import AccessToken, Device, LifeSeconds, RefreshToken, RegistrationToken
from customer_auth.password_sign_in import SignedIn


class Identified(FromClient):
    """Exactly one of the three says who is meant."""

    email: Email | None = Field(default=None, title="Email")
    phone: Phone | None = Field(default=None, title="Phone number")
    email_or_phone: EmailOrPhone | None = Field(default=None, title="Email or phone")

    in_query: ClassVar[tuple[str, ...]] = ("email", "phone", "email_or_phone", "device", "locale")

    @property
    def address(self) -> Address:
        """Who is meant. Raises: BadRequest."""
        return only_one({"email": self.email, "phone": self.phone, "email_or_phone": self.email_or_phone})


def only_one(given: dict[str, Address | None]) -> Address:
    """The one that is there. Raises: BadRequest where it is none, or several."""
    found = [address for address in given.values() if address is not None]
    if len(found) == 1:
        return found[0]
    names = [name for name, address in given.items() if address is not None] or list(given)
    message = f"exactly one of {', '.join(given)} is needed"
    raise BadRequest(message.capitalize(), *(FieldError(name, message, missing=not found) for name in names))


class Started(Model):
    """A registration that wants its customer."""

    http_statuses: ClassVar[tuple[int, ...]] = (201,)

    token: RegistrationToken

    @property
    def http_status(self) -> int:
        return 201


class TryPassword(Identified):
    """Who signs in, and the password; that stands in the body alone."""

    password: Password = Field(title="Password")


class PasswordSignedIn(Model):
    """A session that has begun."""

    token: AccessToken
    refresh_token: RefreshToken
    expires_in: LifeSeconds
    device: Device | None = Field(description="None while the address is not verified.")

    @classmethod
    def of(cls, entered: SignedIn) -> Self:
        """The answer for who is in."""
        pair = entered.pair
        return cls(token=pair.access_token, refresh_token=pair.refresh_token, expires_in=pair.expires_in, device=entered.device)
