"""Where a notification goes: to its address, to the customer's other address if the first one's window is full, or nowhere.

Notifications are counted when they are sent, not when they are caused: a full window must not make a password change fail, and changing
the password in a loop must not send without limit.
"""

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item
from customer_auth.messaging import message_items, notification_window_items
from customer_auth.messaging.message_items import LeaseHeld, OutboxMessage
from customer_auth.otp import challenges
from customer_auth.otp.purposes import Purpose


def destination(message: OutboxMessage, notification: Item) -> Address | None:
    """Count this notification at one of its addresses and return that address; None if the windows of both are full.

    Each notification is counted once, however often it is retried and whatever responses are lost: the window and the destination are
    written in one transaction. `notification` is the item as this sender has leased it.
    Raises: LeaseHeld (another sender has taken the lease meanwhile), aws.Failed.
    """
    if "to" in notification:
        return challenges.address_of(notification["to"])
    for name in ("address", "fallback"):
        if name in notification:
            address = challenges.address_of(notification[name])
            if _count(message, notification["lease"], address):
                return address
    return None


def _count(message: OutboxMessage, lease_id: bytes, address: Address) -> bool:
    """Count the notification at this address and fix it as the destination; False if the address's window is full."""
    try:
        dynamodb.transact([notification_window_items.count(address), message_items.set_destination(message, lease_id, address)])
    except dynamodb.TransactionFailed as failed:
        item = failed.items[1]
        if item is None:
            return False
        current: Item = item.get(Purpose.NOTIFICATION, {})
        if current.get("lease") != lease_id or current.get("to") != list(address):
            raise LeaseHeld from None
        # otherwise our own transaction was repeated after its response was lost
    return True
