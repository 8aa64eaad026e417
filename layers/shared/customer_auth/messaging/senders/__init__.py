"""The senders: one file each, behind one protocol."""

from typing import Protocol

from customer_auth.messaging.outgoing_message import OutgoingMessage
from customer_auth.messaging.senders.results import SendResult


class Sender(Protocol):
    """Hands messages over to a provider."""

    def send(self, message: OutgoingMessage) -> SendResult:
        """Send one message, once."""
        ...
