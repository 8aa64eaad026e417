"""Notifications of a customer's deletion. They go to a verified address only, since an unverified one may be somebody else's."""

from customer_auth.addresses.address import Channel
from customer_auth.aws.dynamodb import Write
from customer_auth.base import settings
from customer_auth.customers.customers import Customer
from customer_auth.deletion.deletion_items import Deletion
from customer_auth.messaging import notification_items
from customer_auth.messaging.kinds import Kind


def put_new(kind: Kind, customer: Customer, deletion: Deletion, *, at: int | None = None) -> list[Write]:
    """Part of a transaction, if the customer has a verified address: queues a notification; `at` is the time that it mentions."""
    address = customer.verified_address(prefer=Channel(settings.service().deletion_channel))
    if address is None:
        return []
    fallback = customer.other_verified_address(address)
    return [notification_items.put_new(kind, address, deletion.locale, fallback=fallback, at=at)]
