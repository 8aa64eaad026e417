"""Whose a phone number is: the one question about other people that a storefront may ask, as far as the operator allows it."""

from customer_auth.addresses import phone
from customer_auth.base import settings
from customer_auth.base.client import Client
from customer_auth.base.errors import BadRequest, FieldError, NotFound
from customer_auth.customers import customer_items, identity_items
from customer_auth.customers.customers import Names
from customer_auth.otp import client_items


def names_behind(number: str, client: Client) -> Names | None:
    """The names of the customer who has proven this number, masked unless PHONE_LOOKUP is full; None where nobody has.

    Who waits for a deletion has it still: nobody else can.
    Raises: NotFound (PHONE_LOOKUP is off), BadRequest, Throttled, aws.Failed.
    """
    told = settings.service().phone_lookup
    if told == "off":
        raise NotFound
    try:
        address = phone.parse(number)
    except ValueError as wrong:
        raise BadRequest(f"Phone number {wrong}", FieldError("phone", str(wrong))) from None
    client_items.count_lookup(client.bucket)
    identity = identity_items.find(address)
    customer = customer_items.find(identity.owner) if identity and identity.owner else None
    if customer is None:
        return None
    names = Names(customer.first_name, customer.last_name)
    return names if told == "full" else Names(*(name and f"{name[0]}***" for name in names))
