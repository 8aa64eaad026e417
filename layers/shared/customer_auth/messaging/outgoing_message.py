"""A message on its way: what every sender gets, whatever it makes of it."""

from typing import NamedTuple

from customer_auth.base.locales import Locale
from customer_auth.messaging.kinds import Kind
from customer_auth.messaging.messages import RenderedMessage


class OutgoingMessage(NamedTuple):
    """One message for one address.

    `id` names it to a provider: it stays the same when the message is sent again, and opens nothing. `to` is an E.164 number of this
    `region`, or a mailbox. `code` is empty if the message carries none. `expires_at`: when it is of no use any more, in epoch seconds.
    """

    id: str
    to: str
    region: str
    kind: Kind
    locale: Locale
    content: RenderedMessage
    code: str
    expires_at: int
