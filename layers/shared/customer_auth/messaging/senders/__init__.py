"""The senders: one for each channel, behind one protocol."""

from typing import Final, Protocol

from customer_auth.messaging.messages import MessageChannel, RenderedMessage
from customer_auth.messaging.senders import ses, sns


class Sender(Protocol):
    """Hands messages over to a provider."""

    def send(self, to: str, message: RenderedMessage) -> str:
        """Send one message; returns the provider's message id. `to` is an E.164 number or a mailbox. Raises: SendFailed."""
        ...


SENDERS: Final[dict[MessageChannel, Sender]] = {"sms": sns, "email": ses}
