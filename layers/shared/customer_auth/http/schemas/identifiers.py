"""Identifiers: an email, a phone, or either in one field."""

from typing import ClassVar

from pydantic import Field

from customer_auth.addresses.address import Address
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.http import examples
from customer_auth.http.fields import Email, EmailOrPhone, Phone
from customer_auth.http.schemas.base import FromClient, alternatives


class IdentifierFields(FromClient):
    """Exactly one of the three. What the body leaves out may be in the query string; never a password."""

    email: Email | None = Field(default=None, title="Email")
    phone: Phone | None = Field(default=None, title="Phone number")
    email_or_phone: EmailOrPhone | None = Field(default=None, title="Email or phone")

    in_query: ClassVar[tuple[str, ...]] = ("email", "phone", "email_or_phone", "device", "locale")

    @property
    def address(self) -> Address:
        """The address that is meant. Raises: BadRequest."""
        return only_one({"email": self.email, "phone": self.phone, "email_or_phone": self.email_or_phone})


def only_one(fields: dict[str, Address | None]) -> Address:
    """The one that is there. Raises: BadRequest if there is none, or several."""
    addresses = [address for address in fields.values() if address is not None]
    if len(addresses) == 1:
        return addresses[0]
    names = [name for name, address in fields.items() if address is not None] or list(fields)
    message = f"exactly one of {', '.join(fields)} is needed"
    raise BadRequest(message.capitalize(), *(FieldError(name, message, missing=not addresses) for name in names))


class IdentifierRequest(IdentifierFields):
    """Exactly one of the three."""

    model_config = alternatives("email", "phone", "email_or_phone", in_query=True, email=examples.EMAIL)


class AnyIdentifierRequest(IdentifierFields):
    """Exactly one of the four."""

    model_config = alternatives("identifier", "email", "phone", "email_or_phone", in_query=True, email=examples.EMAIL)

    identifier: EmailOrPhone | None = Field(default=None, title="Identifier")

    @property
    def address(self) -> Address:
        """The address that is meant. Raises: BadRequest."""
        return only_one({"identifier": self.identifier, "email": self.email, "phone": self.phone, "email_or_phone": self.email_or_phone})
