"""PATCH /store/customers/me: changes names, company and metadata; members that are not sent stay as they are."""

from typing import Any

from pydantic import Field, JsonValue
from pydantic.json_schema import SkipJsonSchema

from customer_auth.base.errors import NotAllowed
from customer_auth.customers import profiles
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.customers import CustomerResponse, Me
from customer_auth.http.schemas.names import NamedWithCompany
from customer_auth.sessions import sessions

_CONTACT = "/store/customers/me/contact"


class UpdateCustomerRequest(NamedWithCompany):
    """The fields to change; null clears a name. An email or phone is refused, because it changes only by being verified."""

    metadata: dict[str, JsonValue] = Field(
        default={},
        title="Metadata",
        description=f"Merged; null removes a member. At most {profiles.MAX_KEYS} members and 16 KB.",
        examples=[{"newsletter": True}],
    )
    email: SkipJsonSchema[Any] = None
    phone: SkipJsonSchema[Any] = None


@endpoint(body=UpdateCustomerRequest, answer=Me, caller=sessions.authenticate, refusals=(NotAllowed,))
def handler(call: Call[UpdateCustomerRequest, sessions.Caller]) -> Me:
    for name in ("email", "phone"):
        if name in call.body.model_fields_set:
            raise NotAllowed(f"{name.capitalize()} changes require OTP verification. Use POST {_CONTACT} to request a change.")
    customer = profiles.update(call.caller.customer, call.body.model_dump(exclude_unset=True))
    return Me(customer=CustomerResponse.of(customer))
