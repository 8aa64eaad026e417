"""Telling a customer that a provider was added to their ways to sign in, or removed from them."""

from customer_auth.addresses.address import Channel
from customer_auth.aws.dynamodb import Write
from customer_auth.customers.customers import Customer
from customer_auth.messaging import notification_items
from customer_auth.messaging.kinds import Kind


def notify(kind: Kind, customer: Customer, locale: str) -> list[Write]:
    """Part of a transaction, if the customer has a verified address: tells the customer."""
    address = customer.verified_address(prefer=Channel.EMAIL)
    if address is None:
        return []
    return [notification_items.put_new(kind, address, locale, fallback=customer.other_verified_address(address))]
