"""What is sent for each purpose, and what a client may see of its way by the challenge it got.

Both stand in one table, so that no answer can tell what the message itself must not: whether the address has an account.
"""

from typing import Literal, NamedTuple, assert_never

from customer_auth.aws import keys
from customer_auth.base import clock, settings
from customer_auth.base.errors import NotFound
from customer_auth.messaging import message_items
from customer_auth.messaging.kinds import Kind
from customer_auth.messaging.message_items import Message
from customer_auth.otp import challenges
from customer_auth.otp.delivery_states import DeliveryState
from customer_auth.otp.purposes import Purpose

# What goes to existing accounts alone looks the same for everyone: on its way for so long, then sent.
_LOOKS_QUEUED_SECONDS = 3


class Plan(NamedTuple):
    """What goes to an address that has an account and to one that has none (None: nothing), and whether a client may see its real way."""

    to_account: Kind | None
    to_nobody: Kind | None
    shows_state: bool


PLANS = {
    Purpose.REGISTER: Plan(Kind.ACCOUNT_EXISTS, Kind.SIGN_UP, shows_state=True),
    Purpose.LOGIN: Plan(Kind.SIGN_IN, None, shows_state=False),
    Purpose.SIGN_IN: Plan(Kind.SIGN_IN, Kind.SIGN_UP, shows_state=True),
    # Whether an account has proven the address is told by the proof alone; who asked for an unknown customer waits for nothing.
    Purpose.VERIFY: Plan(Kind.VERIFY, Kind.VERIFY, shows_state=False),
    Purpose.RESET: Plan(Kind.RESET, None, shows_state=False),
    Purpose.CONTACT: Plan(Kind.CONTACT, Kind.CONTACT, shows_state=True),
    Purpose.DELETION: Plan(Kind.DELETION, None, shows_state=True),
    Purpose.CANCELLATION: Plan(Kind.CANCELLATION, None, shows_state=False),
    # Messages without a code: no client has their challenge.
    Purpose.NOTIFICATION: Plan(None, None, shows_state=False),
}

type Visible = Literal["queued", "sent", "delivered", "failed"]


class Shown(NamedTuple):
    """How far the message is, with the reason of a failure. Times in epoch seconds."""

    delivery: Visible
    reason: str | None
    resend_at: int
    expires_at: int


def see(challenge: str) -> Shown:
    """How far this challenge's message is. Raises: NotFound (replaced, expired or never given), aws.Failed."""
    named = challenges.decode(challenge)
    if named is None:
        raise NotFound
    item_key, purpose, challenge_id = named
    found = message_items.find(Message(keys.code_item(item_key), purpose, challenge_id))
    now = clock.now()
    if found is None or found.expires_at <= now:
        raise NotFound
    resend_at = found.requested_at + settings.service().resend_throttle_seconds
    if not PLANS[purpose].shows_state:
        delivery: Visible = "queued" if now - found.requested_at < _LOOKS_QUEUED_SECONDS else "sent"
        return Shown(delivery, None, resend_at, found.expires_at)
    delivery = _visible(found.state)
    return Shown(delivery, found.reason or None if delivery == "failed" else None, resend_at, found.expires_at)


def _visible(state: DeliveryState) -> Visible:
    match state:
        case DeliveryState.QUEUED | DeliveryState.CLAIMED | DeliveryState.CLAIMED_AGAIN | DeliveryState.UNSURE:
            return "queued"  # the sender's own steps are one to the client
        case DeliveryState.SENT | DeliveryState.SKIPPED:
            return "sent"  # that there was nobody to tell is told to nobody
        case DeliveryState.FAILED:
            return "failed"
    assert_never(state)
