"""Where a message without a code goes: to its address, to the customer's other one where that has had enough, or to nobody.

The sender counts them, not whoever causes them: a full window must not fail a changed password, nor may one who changes it in a loop
send without end.
"""

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item
from customer_auth.messaging import message_items, notification_window_items
from customer_auth.messaging.message_items import InTheWay, Message
from customer_auth.otp import challenges
from customer_auth.otp.purposes import Purpose


def destination(message: Message, notification: Item) -> Address | None:
    """Where this notification goes, counted there; None where neither address has room for it.

    It is counted once, at its first lease, however often it comes and whatever answers are lost: the window and where it goes are
    written together. `notification` is as this sender has leased it.
    Raises: InTheWay (another sender has it by now), aws.Failed.
    """
    if "to" in notification:
        return challenges.address_of(notification["to"])
    for name in ("address", "fallback"):
        if name in notification:
            address = challenges.address_of(notification[name])
            if _counted(message, notification["lease"], address):
                return address
    return None


def _counted(message: Message, lease_id: bytes, address: Address) -> bool:
    """False where the address's window is full."""
    try:
        dynamodb.transact([notification_window_items.count(address), message_items.route(message, lease_id, address)])
    except dynamodb.TransactionFailed as failed:
        item = failed.items[1]
        if item is None:
            return False
        here: Item = item.get(Purpose.NOTIFICATION, {})
        if here.get("lease") != lease_id or here.get("to") != list(address):
            raise InTheWay from None
        # a transaction whose answer was lost was repeated
    return True
