"""What is sent for each purpose, and how much of its delivery a client may see with its challenge.

Both are decided in one table, so that no response reveals what the message itself must not: whether the address has an account.
"""

from typing import Literal, NamedTuple, assert_never

from customer_auth.addresses.address import Address
from customer_auth.aws import keys
from customer_auth.base import clock, settings
from customer_auth.base.errors import NotFound
from customer_auth.messaging import message_items
from customer_auth.messaging.kinds import Kind
from customer_auth.messaging.message_items import DeliveryRecord, OutboxMessage
from customer_auth.otp import challenges
from customer_auth.otp.delivery_states import DeliveryState
from customer_auth.otp.purposes import Purpose

# Messages that go to existing accounts only look the same to everyone: queued for this long, then sent.
_APPEARS_QUEUED_SECONDS = 3


class Plan(NamedTuple):
    """What an address with an account gets and what one without gets (None: nothing), and whether clients see the real delivery state."""

    to_account: Kind | None
    to_nobody: Kind | None
    shows_state: bool


PLANS = {
    Purpose.REGISTER: Plan(Kind.ACCOUNT_EXISTS, Kind.SIGN_UP, shows_state=True),
    Purpose.LOGIN: Plan(Kind.SIGN_IN, None, shows_state=False),
    Purpose.SIGN_IN: Plan(Kind.SIGN_IN, Kind.SIGN_UP, shows_state=True),
    # Only the proof reveals whether an account has verified the address. The state stays hidden, because a code requested for an unknown
    # customer is never sent.
    Purpose.VERIFY: Plan(Kind.VERIFY, Kind.VERIFY, shows_state=False),
    Purpose.RESET: Plan(Kind.RESET, None, shows_state=False),
    Purpose.CONTACT: Plan(Kind.CONTACT, Kind.CONTACT, shows_state=True),
    Purpose.DELETION: Plan(Kind.DELETION, None, shows_state=True),
    Purpose.CANCELLATION: Plan(Kind.CANCELLATION, None, shows_state=False),
    Purpose.GUEST: Plan(Kind.VERIFY, Kind.VERIFY, shows_state=True),
    # Messages without a code: no client has a challenge for them.
    Purpose.NOTIFICATION: Plan(None, None, shows_state=False),
    Purpose.CONSENT: Plan(None, None, shows_state=False),
}

type VisibleState = Literal["queued", "sent", "delivered", "failed"]


class VisibleDelivery(NamedTuple):
    """How far the message is, as its client sees it, with the reason for a failure. Times in epoch seconds."""

    state: VisibleState
    reason: str | None
    resend_at: int
    expires_at: int


class PendingCode(NamedTuple):
    """A code that was sent and not used, perhaps expired: where it went, until when it opens something, and how far it is."""

    address: Address
    expires_at: int
    state: VisibleState


def get(challenge: str) -> VisibleDelivery:
    """How far this challenge's message is. Raises: NotFound (replaced, expired or never issued), aws.Failed."""
    purpose, delivery = _find(challenge)
    now = clock.now()
    if purpose is None or delivery is None or delivery.expires_at <= now:
        raise NotFound
    resend_at = delivery.requested_at + settings.service().resend_throttle_seconds
    if not PLANS[purpose].shows_state:
        apparent: VisibleState = "queued" if now - delivery.requested_at < _APPEARS_QUEUED_SECONDS else "sent"
        return VisibleDelivery(apparent, None, resend_at, delivery.expires_at)
    state = _visible(delivery.state)
    reason = delivery.reason or None if state == "failed" else None
    return VisibleDelivery(state, reason, resend_at, delivery.expires_at)


def find_pending(challenge: str) -> PendingCode | None:
    """The code of a challenge whose client may see the real state; None if it was used, ended or replaced. Raises: aws.Failed."""
    purpose, delivery = _find(challenge)
    if purpose is None or not PLANS[purpose].shows_state or delivery is None or delivery.address is None:
        return None
    return PendingCode(delivery.address, delivery.expires_at, _visible(delivery.state))


def _find(challenge: str) -> tuple[Purpose | None, DeliveryRecord | None]:
    parts = challenges.decode(challenge)
    if parts is None:
        return None, None
    item_key, purpose, challenge_id = parts
    return purpose, message_items.find(OutboxMessage(keys.code_item(item_key), purpose, challenge_id))


def _visible(state: DeliveryState) -> VisibleState:
    match state:
        case DeliveryState.QUEUED | DeliveryState.LEASED | DeliveryState.LEASED_AGAIN | DeliveryState.UNSURE:
            return "queued"  # a client cannot tell the sender's attempts apart
        case DeliveryState.SENT | DeliveryState.SKIPPED:
            return "sent"  # skipped would reveal that the address has no account
        case DeliveryState.FAILED:
            return "failed"
    assert_never(state)
