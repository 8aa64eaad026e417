"""GET /store/customers/phone/{phone}: the name behind a number, as far as PHONE_LOOKUP tells it."""

from pydantic import Field

from customer_auth.base.errors import BadRequest, NotFound, Throttled
from customer_auth.flows import phone_lookup
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.schemas.base import Model


class NamesShown(Model):
    """What a storefront may greet a person with."""

    first_name: str | None = Field(examples=["A***"])
    last_name: str | None = Field(examples=["L***"])


class LookedUp(Model):
    """The customer, or null where nobody has proven the number."""

    customer: NamesShown | None


@endpoint(answer=LookedUp, publishable=True, refusals=(BadRequest, NotFound, Throttled))
def handler(call: Call[None, None]) -> LookedUp:
    names = phone_lookup.names_behind(call.parameters["phone"], call.client)
    return LookedUp(customer=NamesShown(**names._asdict()) if names else None)
