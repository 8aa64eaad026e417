"""How far a message is, as its challenge's item keeps it."""

from enum import StrEnum


class DeliveryState(StrEnum):
    """One step of a message's way; what a client may see of it is decided in `deliveries`."""

    QUEUED = "queued"  # to be sent
    CLAIMED = "claimed"  # one sender is at it
    CLAIMED_AGAIN = "claimed_again"  # for the last time
    UNSURE = "unsure"  # the provider's answer was lost: it may have been sent, and is sent once more
    SENT = "sent"  # the provider has accepted it
    SKIPPED = "skipped"  # there is nobody to tell
    FAILED = "failed"  # it will never be accepted; the reason stands beside it
