"""What a client may see of its message's way, by the challenge it got: nothing that tells whether the address has an account."""

from typing import NamedTuple

from customer_auth import challenges, clock, settings
from customer_auth.challenges import Purpose
from customer_auth.errors import NotFound
from customer_auth.tables import keys, message_items
from customer_auth.tables.message_items import Message

# What goes to existing accounts alone looks the same for everyone: on its way for so long, then sent.
_LOOKS_QUEUED_SECONDS = 3
_TO_ACCOUNTS_ALONE = (Purpose.LOGIN, Purpose.VERIFY)

# The sender's own steps are one to the client.
_SHOWN = {"claimed": "queued", "claimed_again": "queued", "unsure": "queued"}


class Shown(NamedTuple):
    """How far the message is: queued, sent or failed, with the reason of a failure. Times in epoch seconds."""

    delivery: str
    reason: str | None
    resend_at: int
    expires_at: int


def see(challenge: str) -> Shown:
    """How far this challenge's message is. Raises: NotFound (replaced, expired or never given), aws.Failed."""
    named = challenges.named(challenge)
    if named is None:
        raise NotFound
    item_key, purpose, challenge_id = named
    found = message_items.find(Message(keys.code_item(item_key), purpose, challenge_id))
    now = clock.now()
    if found is None or found.expires_at <= now:
        raise NotFound
    state, reason = _SHOWN.get(found.state, found.state), found.reason or None
    if purpose in _TO_ACCOUNTS_ALONE:
        state, reason = ("queued" if now - found.asked_at < _LOOKS_QUEUED_SECONDS else "sent"), None
    resend_at = found.asked_at + settings.service().resend_throttle_seconds
    return Shown(state, reason if state == "failed" else None, resend_at, found.expires_at)
