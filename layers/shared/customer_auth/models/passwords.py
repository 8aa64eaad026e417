"""Registering and signing in by password: bodies and answers."""

from typing import ClassVar, Self

from pydantic import Field

from customer_auth import examples
from customer_auth.fields import Model, Password, alternatives
from customer_auth.models.identified import Identified
from customer_auth.models.kinds import AccessToken, CustomerId, Device, LifeSeconds, RefreshToken, RegistrationToken
from customer_auth.password_changes import Changed
from customer_auth.password_sign_in import SignedIn


class Started(Model):
    """A registration that wants its customer."""

    http_statuses: ClassVar[tuple[int, ...]] = (201,)

    token: RegistrationToken

    @property
    def http_status(self) -> int:
        return 201


class TryPassword(Identified):
    """Who signs in, and the password; that stands in the body alone."""

    model_config = alternatives("email", "phone", "email_or_phone", email_or_phone=examples.EMAIL, password=examples.PASSWORD)

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


class PasswordChanged(Model):
    """What the caller goes on with; every other session has ended."""

    message: str = Field(default="Password changed successfully", examples=["Password changed successfully"])
    customer_id: CustomerId
    token: AccessToken
    refresh_token: RefreshToken
    expires_in: LifeSeconds
    device: Device | None = Field(description="None while no address is verified.")

    @classmethod
    def of(cls, changed: Changed) -> Self:
        """The answer for whose password was changed."""
        pair = changed.pair
        return cls(
            customer_id=changed.customer_id,
            token=pair.access_token,
            refresh_token=pair.refresh_token,
            expires_in=pair.expires_in,
            device=changed.device,
        )
