"""What the ledger learns of a message from its sender, which alone sees the number, the text and the provider's answer."""

from typing import NamedTuple

from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock
from customer_auth.ledger import ledger_items
from customer_auth.ledger.ledger_items import LedgerMessage, MessageState, RowRef, Subject
from customer_auth.messaging.message_items import OutboxMessage
from customer_auth.messaging.routing import Attempt
from customer_auth.messaging.senders.results import Accepted, RefusalKind, SendRefused
from customer_auth.otp import challenges
from customer_auth.otp.purposes import Purpose

_EMAIL_SENDER = "ses"


class Entry(NamedTuple):
    """One leased message, on its way into the ledger. `leased` is its challenge or notification, as its sender has leased it."""

    message: OutboxMessage
    leased: Item
    address: Address

    def accepted(self, accepted: Accepted, attempt: Attempt | None) -> Write:
        """The write that says that the provider has accepted the message; an email goes by no `attempt`."""
        return self._write(MessageState.SENT, attempt, segments=accepted.segments or 0, provider_id=accepted.provider_message_id)

    def refused(self, refused: SendRefused, attempt: Attempt | None) -> Write:
        """The write that says why the provider did not: it refused the message, or its response was lost."""
        state = MessageState.QUEUED if refused.kind is RefusalKind.UNKNOWN else MessageState.FAILED
        return self._write(state, attempt, reason=refused.reason)

    def _write(self, state: MessageState, attempt: Attempt | None, *, reason: str = "", segments: int = 0, provider_id: str = "") -> Write:
        ref = RowRef(self.leased["requested_at"], challenges.hash_of(self.message.challenge_id))
        lease, sender = self.leased["lease"].hex(), attempt.sender if attempt else _EMAIL_SENDER
        sent = LedgerMessage(lease, sender, clock.now(), state, reason, segments, provider_id)
        return ledger_items.record_message(ref, self._subject(), sent)

    def _subject(self) -> Subject:
        is_notification = self.message.purpose is Purpose.NOTIFICATION
        lane = "" if is_notification else keys.lane_of(keys.item_key(self.message.pk))
        prefix = keys.number_prefix(self.address) if self.address.channel is Channel.PHONE else ""
        return Subject(self.message.purpose, lane, self.address.country, prefix)
