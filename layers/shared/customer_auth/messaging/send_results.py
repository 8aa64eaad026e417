"""How one attempt to send a message ended, and whether it is tried again."""

from enum import StrEnum
from typing import NamedTuple, assert_never

from customer_auth import audit
from customer_auth.messaging import message_items
from customer_auth.messaging.ledger_entries import Entry
from customer_auth.messaging.message_items import LeasedMessage
from customer_auth.messaging.routing import TRIES, Attempt
from customer_auth.messaging.senders.results import RefusalKind, SendRefused
from customer_auth.otp.delivery_states import DeliveryState

_FINAL = frozenset({RefusalKind.NUMBER, RefusalKind.RULE})


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
    """The outcome of one attempt, and for a failure its reason. `at_once`: another attempt need not wait."""

    outcome: SendOutcome
    reason: str = ""
    at_once: bool = False

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


def record_refusal(of: Entry, refused: SendRefused, leased: LeasedMessage, attempt: Attempt | None = None) -> Result:
    """Decide whether to retry: not after a refusal that will not pass, nor after a second lost response, since it may have been sent.

    Where another sender follows, what was refused for certain is tried again at once. Otherwise a transient refusal, such as a throttle, is
    retried until its code expires (`message_items.lease`) or RetryQueue (template.yaml) gives up, whichever comes first.
    """
    message, entry = of.message, of.refused(refused, attempt)
    was_unsure = leased.fields["delivery"] == DeliveryState.LEASED_AGAIN
    is_unknown, has_next = refused.kind is RefusalKind.UNKNOWN, attempt is not None and attempt.has_next
    sent_by = sender_of(leased, attempt) if is_unknown else ()
    if refused.kind in _FINAL or (refused.kind is RefusalKind.PERMANENT and not has_next) or (is_unknown and was_unsure):
        message_items.record(message, DeliveryState.FAILED, {"reason": refused.reason}, sent_by=sent_by, entry=entry)
        audit.count("failed")
        return Result(SendOutcome.FAILED, refused.reason)
    state = DeliveryState.UNSURE if is_unknown or was_unsure else DeliveryState.QUEUED
    step = attempt.step_after(refused.kind) if attempt and attempt.keeps_history else 0
    message_items.record(message, state, {"reason": refused.reason, "step": step}, entry=entry)
    if attempt and step // TRIES > attempt.place:
        audit.count("failed_over")
    return Result(SendOutcome.POSTPONED, refused.reason, at_once=has_next and not is_unknown)


def sender_of(leased: LeasedMessage, attempt: Attempt | None) -> tuple[int, str] | tuple[()]:
    """What a code item keeps of who sent its message: nothing where no other sender could have."""
    return (leased.fields["requested_at"], attempt.sender) if attempt and attempt.keeps_history else ()
