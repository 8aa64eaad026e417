"""How far a message has got: the states that its challenge or notification keeps in `delivery`."""

from enum import StrEnum


class DeliveryState(StrEnum):
    """One step of a message on its way to the provider; `deliveries` decides what a client sees of it."""

    QUEUED = "queued"  # to be sent
    LEASED = "leased"  # a sender is working on it
    LEASED_AGAIN = "leased_again"  # a sender is working on it for the last time
    UNSURE = "unsure"  # the provider's response was lost: it may have been sent, and is sent once more
    SENT = "sent"  # the provider has accepted it
    SKIPPED = "skipped"  # nobody is to receive it
    FAILED = "failed"  # it will never be accepted; the reason stands beside it
