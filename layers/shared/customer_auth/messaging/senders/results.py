"""What a sender answers: a provider has accepted the message, or it has not, and why decides what happens next."""

from enum import StrEnum
from typing import NamedTuple


class RefusalKind(StrEnum):
    """Why a message was not accepted."""

    NUMBER = "number"  # the provider will never accept this address, and neither will another
    RULE = "rule"  # a rule that the operator has set at the provider: no other sender may get round it
    PERMANENT = "permanent"  # this sender will not accept the message; another may
    TRANSIENT = "transient"  # it was not sent, and may be accepted later
    UNKNOWN = "unknown"  # the response was lost: it may have been sent


class Accepted(NamedTuple):
    """The provider has taken the message. `segments` and `price_usd`, a decimal number, are there if the provider says them."""

    provider_message_id: str
    segments: int | None = None
    price_usd: str | None = None


class SendRefused(NamedTuple):
    """The message was not accepted. `reason` is a stable identifier without an address in it, safe to show."""

    kind: RefusalKind
    reason: str


type SendResult = Accepted | SendRefused
