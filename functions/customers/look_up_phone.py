"""GET /store/customers/phone/{phone}: the names of the customer with this number, as far as PHONE_LOOKUP discloses them."""

from pydantic import Field

from customer_auth.base.errors import BadRequest, NotFound, Throttled
from customer_auth.flows import phone_lookup
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model


class NamesResponse(Model):
    """The names that a storefront may greet a person with."""

    first_name: str | None = Field(examples=["A***"])
    last_name: str | None = Field(examples=["L***"])


class PhoneLookupResponse(Model):
    """The customer, or null if nobody has verified the number."""

    customer: NamesResponse | None


@endpoint(answer=PhoneLookupResponse, publishable=True, refusals=(BadRequest, NotFound, Throttled))
def handler(call: Call[None, None]) -> PhoneLookupResponse:
    names = phone_lookup.find_names(call.parameters["phone"], call.client)
    return PhoneLookupResponse(customer=NamesResponse(**names._asdict()) if names else None)
