"""Posts the consents of the outbox to the register. Nobody reads them, so no window counts them and no address is written to the log."""

from customer_auth import audit
from customer_auth.aws.dynamodb import Item
from customer_auth.consents.consents import ConsentEvent
from customer_auth.messaging import message_items, notification_items
from customer_auth.messaging.message_items import OutboxMessage
from customer_auth.messaging.send_results import Result, SendOutcome
from customer_auth.messaging.senders import iys
from customer_auth.messaging.senders.results import RefusalKind, SendRefused
from customer_auth.otp.delivery_states import DeliveryState


def deliver(message: OutboxMessage, posting: Item) -> Result:
    """Post one event, and delete its posting; one that the register will never take is deleted too, and counted. Raises: aws.Failed."""
    posted = iys.post(ConsentEvent.from_item(posting))
    if isinstance(posted, SendRefused) and posted.kind is not RefusalKind.PERMANENT:
        # Queued, whatever became of the request: the register takes an event twice.
        message_items.record(message, DeliveryState.QUEUED, {"reason": posted.reason})
        return Result(SendOutcome.POSTPONED, posted.reason)
    notification_items.delete(message.pk)
    if isinstance(posted, SendRefused):
        audit.count("consents_rejected")
        return Result(SendOutcome.FAILED, posted.reason)
    audit.count("consents_posted")
    return Result(SendOutcome.SENT)
