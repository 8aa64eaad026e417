"""How one attempt to send a message ended, and whether it is tried again."""

from enum import StrEnum
from typing import NamedTuple, assert_never

from customer_auth import audit
from customer_auth.messaging import message_items
from customer_auth.messaging.errors import SendFailed
from customer_auth.messaging.ledger_entries import Entry
from customer_auth.otp.delivery_states import DeliveryState


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


def record_failure(failure: SendFailed, of: Entry) -> Result:
    """Record the failure, and decide whether to retry: not after a permanent refusal, nor after a second lost response.

    One of two messages whose responses were lost may have been sent.

    A throttle, and any other refusal that is not among its sender's permanent ones, is retried until RetryQueue (template.yaml) gives up.
    """
    message, entry = of.message, of.failed(failure)
    was_unsure = of.leased["delivery"] == DeliveryState.LEASED_AGAIN
    if failure.permanent or (failure.unknown and was_unsure):
        message_items.record(message, DeliveryState.FAILED, reason=failure.reason, entry=entry)
        audit.count("failed")
        return Result(SendOutcome.FAILED, failure.reason)
    state = DeliveryState.UNSURE if failure.unknown or was_unsure else DeliveryState.QUEUED
    message_items.record(message, state, reason=failure.reason, entry=entry)
    return Result(SendOutcome.POSTPONED, failure.reason)
