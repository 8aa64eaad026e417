"""What customers are told of without having asked: put by the transaction that causes it, sent by the outbox."""

from customer_auth.address import Address
from customer_auth.messaging.kinds import Kind
from customer_auth.tables import notice_items
from customer_auth.tables.dynamodb import Write

__all__ = ["Kind", "put"]


def put(kind: Kind, to: Address, locale: str) -> Write:
    """The part of a transaction after which the owner of the address is told."""
    return notice_items.put_new(kind, to, locale)
