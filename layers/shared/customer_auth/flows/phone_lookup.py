"""Who has a phone number: the one question about other people that a storefront may ask, answered as far as the operator allows."""

from customer_auth.addresses import phone
from customer_auth.base import settings
from customer_auth.base.client import Client
from customer_auth.base.errors import BadRequest, FieldError, NotFound
from customer_auth.customers import customer_items, identity_items
from customer_auth.customers.customers import Names
from customer_auth.otp import client_items


def find_names(number: str, client: Client) -> Names | None:
    """The names of the customer who has verified this number, masked unless PHONE_LOOKUP is `full`; None if nobody has.

    A customer who is waiting for their deletion still has the number, since nobody else can get it.
    Raises: NotFound (PHONE_LOOKUP is `off`), BadRequest, Throttled, aws.Failed.
    """
    disclosure = settings.service().phone_lookup
    if disclosure == "off":
        raise NotFound
    try:
        address = phone.parse(number)
    except ValueError as fault:
        raise BadRequest(f"Phone number {fault}", FieldError("phone", str(fault))) from None
    client_items.count_lookup(client.bucket)
    identity = identity_items.find(address)
    customer = customer_items.find(identity.owner) if identity and identity.owner else None
    if customer is None:
        return None
    names = Names(customer.first_name, customer.last_name)
    return names if disclosure == "full" else Names(*(name and f"{name[0]}***" for name in names))
