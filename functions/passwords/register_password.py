"""POST /auth/customer/emailpass/register: registers an address with a password; the token in the response creates its customer."""

from typing import ClassVar

from pydantic import Field

from customer_auth.addresses.address import Address, Channel
from customer_auth.base import settings
from customer_auth.base.account_errors import IdentityExists
from customer_auth.base.errors import BadRequest, FieldError, Throttled
from customer_auth.flows import registrations
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Email, NewPassword, Phone
from customer_auth.http.schemas.base import Model, alternatives
from customer_auth.http.schemas.field_types import RegistrationToken


class RegisterPasswordRequest(Model):
    """A password and, by REGISTRATION_IDENTIFIER, an email or a phone; where both are collected, the email."""

    model_config = alternatives("email", "phone", keyword="anyOf", email=examples.EMAIL, password=examples.PASSWORD)

    email: Email | None = Field(default=None, title="Email")
    phone: Phone | None = Field(default=None, title="Phone number")
    password: NewPassword = Field(title="Password")

    @property
    def address(self) -> Address:
        """The address that is registered. Raises: BadRequest."""
        channel = Channel.EMAIL if Channel.EMAIL in settings.service().registration_channels else Channel.PHONE
        address = self.email if channel is Channel.EMAIL else self.phone
        if address is None:
            raise BadRequest(f"{channel.capitalize()} is required", FieldError(channel, "is required", missing=True))
        return address


class RegisterPasswordResponse(Model):
    """A registration, for which a customer can be created."""

    http_statuses: ClassVar[tuple[int, ...]] = (201,)

    token: RegistrationToken


@endpoint(body=RegisterPasswordRequest, answer=RegisterPasswordResponse, refusals=(IdentityExists, Throttled))
def handler(call: Call[RegisterPasswordRequest, None]) -> RegisterPasswordResponse:
    return RegisterPasswordResponse(token=registrations.register(call.body.address, call.body.password, call.client))
