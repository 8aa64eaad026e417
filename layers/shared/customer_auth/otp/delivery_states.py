"""How far a message has got: the states that its challenge or notification keeps in `delivery`."""

from enum import StrEnum


class DeliveryState(StrEnum):
    """One step of a message on its way to the provider; `deliveries` decides what a client sees of it."""

    QUEUED = "queued"  # to be sent
    LEASED = "leased"  # a sender is working on it
    LEASED_AGAIN = "leased_again"  # after a lost response, a dead sender, or a refusal following one; another lost response ends it
    UNSURE = "unsure"  # a response or a sender was lost: it may have been sent, and is sent again
    SENT = "sent"  # the provider has accepted it
    SKIPPED = "skipped"  # nobody is to receive it
    FAILED = "failed"  # refused for good, or a second response was lost: it is not sent again; the reason stands beside it
