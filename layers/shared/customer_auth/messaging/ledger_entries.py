"""What the ledger learns of a message from its sender, which alone sees the number, the text and the provider's answer."""

from typing import NamedTuple

from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock
from customer_auth.ledger import ledger_items
from customer_auth.ledger.ledger_items import LedgerMessage, MessageState, RowRef, Subject
from customer_auth.messaging.errors import SendFailed
from customer_auth.messaging.message_items import OutboxMessage
from customer_auth.otp import challenges
from customer_auth.otp.purposes import Purpose

# Whoever carries the messages of a channel.
_SENDERS = {Channel.PHONE: "sns", Channel.EMAIL: "ses"}


class Accepted(NamedTuple):
    """A message that its provider has accepted: the provider's id of it, and the segments of an SMS (0 for an email)."""

    provider_id: str
    segments: int


class Entry(NamedTuple):
    """One leased message, on its way into the ledger. `leased` is its challenge or notification, as its sender has leased it."""

    message: OutboxMessage
    leased: Item
    address: Address

    def accepted(self, accepted: Accepted) -> Write:
        """The write that says that the provider has accepted the message."""
        return self._write(MessageState.SENT, segments=accepted.segments, provider_id=accepted.provider_id)

    def failed(self, failure: SendFailed) -> Write:
        """The write that says why the provider did not: it refused the message, or its response was lost."""
        return self._write(MessageState.QUEUED if failure.unknown else MessageState.FAILED, reason=failure.reason)

    def _write(self, state: MessageState, *, reason: str = "", segments: int = 0, provider_id: str = "") -> Write:
        ref = RowRef(self.leased["requested_at"], challenges.hash_of(self.message.challenge_id))
        attempt = self.leased["lease"].hex()
        sent = LedgerMessage(attempt, _SENDERS[self.address.channel], clock.now(), state, reason, segments, provider_id)
        return ledger_items.record_message(ref, self._subject(), sent)

    def _subject(self) -> Subject:
        is_notification = self.message.purpose is Purpose.NOTIFICATION
        lane = "" if is_notification else keys.lane_of(keys.item_key(self.message.pk))
        prefix = keys.number_prefix(self.address) if self.address.channel is Channel.PHONE else ""
        return Subject(self.message.purpose, lane, self.address.country, prefix)
