"""POST /store/customers/me/contact: sends a code to the email or phone that is to replace the old one."""

from pydantic import Field

from customer_auth.addresses.address import Address
from customer_auth.base.account_errors import ReauthenticationRequired
from customer_auth.base.errors import Throttled
from customer_auth.flows import contact_change
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import Email, Phone
from customer_auth.http.schemas.base import FromClient, alternatives
from customer_auth.http.schemas.code_requests import CodeSentResponse
from customer_auth.http.schemas.identifiers import only_one
from customer_auth.sessions import sessions


class ContactChangeRequest(FromClient):
    """The new email or phone, exactly one of the two."""

    model_config = alternatives("email", "phone", phone=examples.PHONE)

    email: Email | None = Field(default=None, title="Email")
    phone: Phone | None = Field(default=None, title="Phone number")

    @property
    def address(self) -> Address:
        """The new address. Raises: BadRequest."""
        return only_one({"email": self.email, "phone": self.phone})


@endpoint(body=ContactChangeRequest, answer=CodeSentResponse, caller=sessions.authenticate, refusals=(ReauthenticationRequired, Throttled))
def handler(call: Call[ContactChangeRequest, sessions.Caller]) -> CodeSentResponse:
    return CodeSentResponse.of(contact_change.request_code(call.caller, call.body.address, call.client))
