"""Who is meant: an email, a phone, or either in one field."""

from typing import ClassVar

from pydantic import Field

from customer_auth.addresses.address import Address
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.http import examples
from customer_auth.http.fields import Email, EmailOrPhone, Phone
from customer_auth.http.schemas.base import FromClient, alternatives


class Identified(FromClient):
    """Exactly one of the three says who is meant; what the body leaves out may stand in the query string, but for a password."""

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


class WhoAsks(Identified):
    """Exactly one of the three says who is meant."""

    model_config = alternatives("email", "phone", "email_or_phone", in_query=True, email=examples.EMAIL)


class Lookup(Identified):
    """Exactly one of the four says who is meant."""

    model_config = alternatives("identifier", "email", "phone", "email_or_phone", in_query=True, email=examples.EMAIL)

    identifier: EmailOrPhone | None = Field(default=None, title="Identifier")

    @property
    def address(self) -> Address:
        """Who is meant. Raises: BadRequest."""
        return only_one({"identifier": self.identifier, "email": self.email, "phone": self.phone, "email_or_phone": self.email_or_phone})
