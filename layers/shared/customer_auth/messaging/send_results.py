"""How one attempt to send a message ended, and whether it is tried again."""

from enum import StrEnum
from typing import NamedTuple, assert_never

from customer_auth import audit
from customer_auth.aws.dynamodb import Item
from customer_auth.messaging import message_items
from customer_auth.messaging.message_items import OutboxMessage
from customer_auth.messaging.senders.results import RefusalKind, Refused
from customer_auth.otp.delivery_states import DeliveryState

FINAL = frozenset({RefusalKind.NUMBER, RefusalKind.RULE, RefusalKind.PERMANENT})


class SendOutcome(StrEnum):
    """How one attempt to send a message ended."""

    SENT = "sent"
    SKIPPED = "skipped"  # the address's owner is to get no message
    DROPPED = "dropped"  # a notification, and the windows of its addresses are full
    NOTHING_TO_SEND = "nothing_to_send"  # already sent, replaced, used or expired
    LEASED_ELSEWHERE = "leased_elsewhere"
    POSTPONED = "postponed"  # a failure that may pass
    FAILED = "failed"  # a failure that will not


class Result(NamedTuple):
    """The outcome of one attempt, and for a failure its reason."""

    outcome: SendOutcome
    reason: str = ""

    @property
    def retry(self) -> bool:
        """Whether the message is to be tried again."""
        match self.outcome:
            case SendOutcome.LEASED_ELSEWHERE | SendOutcome.POSTPONED:
                return True
            case SendOutcome.SENT | SendOutcome.SKIPPED | SendOutcome.DROPPED | SendOutcome.NOTHING_TO_SEND | SendOutcome.FAILED:
                return False
        assert_never(self.outcome)

    @property
    def log_outcome(self) -> str:
        """The outcome as the log names it: a failure by its reason."""
        return self.reason or self.outcome


def record_refusal(message: OutboxMessage, refused: Refused, leased: Item) -> Result:
    """Decide whether to retry: not after a refusal that will not pass, nor after a second lost response, since it may have been sent.

    A throttle, and any other transient refusal, is retried until RetryQueue (template.yaml) gives up.
    """
    was_unsure = leased["delivery"] == DeliveryState.LEASED_AGAIN
    is_unknown = refused.kind is RefusalKind.UNKNOWN
    if refused.kind in FINAL or (is_unknown and was_unsure):
        message_items.record(message, DeliveryState.FAILED, reason=refused.reason)
        audit.count("failed")
        return Result(SendOutcome.FAILED, refused.reason)
    state = DeliveryState.UNSURE if is_unknown or was_unsure else DeliveryState.QUEUED
    message_items.record(message, state, reason=refused.reason)
    return Result(SendOutcome.POSTPONED, refused.reason)
