"""POST /store/customers/me/contact: sends a code to the email or phone that the customer wants instead."""

from pydantic import Field

from customer_auth import contacts, examples, sessions
from customer_auth.address import Address
from customer_auth.endpoint import Call, endpoint
from customer_auth.errors import ReauthenticationRequired, Throttled
from customer_auth.fields import Email, Phone
from customer_auth.models.asking import CodeSent
from customer_auth.models.base import FromClient, alternatives
from customer_auth.models.identified import only_one


class Wanted(FromClient):
    """Exactly one of the two."""

    model_config = alternatives("email", "phone", phone=examples.PHONE)

    email: Email | None = Field(default=None, title="Email")
    phone: Phone | None = Field(default=None, title="Phone number")

    @property
    def address(self) -> Address:
        """The new one. Raises: BadRequest."""
        return only_one({"email": self.email, "phone": self.phone})


@endpoint(body=Wanted, answer=CodeSent, caller=sessions.check, refusals=(ReauthenticationRequired, Throttled))
def handler(call: Call[Wanted, sessions.Caller]) -> CodeSent:
    return CodeSent.of(contacts.ask(call.caller, call.body.address, call.client))
