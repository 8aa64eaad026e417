"""Who carries a message: one sender a channel, behind one protocol."""

from typing import Final, Protocol

from customer_auth.messaging.messages import Message, MessageChannel
from customer_auth.messaging.senders import ses, sns


class Sender(Protocol):
    """Hands one message to a provider."""

    def send(self, to: str, message: Message) -> str:
        """The provider's message id. `to` is an E.164 number or a mailbox. Raises: SendFailed."""
        ...


SENDERS: Final[dict[MessageChannel, Sender]] = {"sms": sns, "email": ses}
