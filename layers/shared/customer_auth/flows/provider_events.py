"""What providers send by themselves about accounts: a customer's sessions end when their account there is in danger or gone.

A notification is handled once, in one transaction with its mark. One about an account that is nobody's changes nothing.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final, NamedTuple, assert_never

from customer_auth import audit
from customer_auth.aws import conflicts, dynamodb, keys
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.aws.dynamodb import Write
from customer_auth.base import provider_settings
from customer_auth.base.errors import NotFound
from customer_auth.customers import customer_items, provider_account_items
from customer_auth.customers.customers import Customer
from customer_auth.customers.provider_account_items import LinkedAccount
from customer_auth.social import apple, apple_events, google, google_events, provider_event_items, providers
from customer_auth.social.deadline import Deadline


class Reaction(Enum):
    """What happens to the customer whose account at the provider it is."""

    NONE = auto()
    END_SESSIONS = auto()
    SUSPEND = auto()  # the sessions end, and nobody signs in by the account until it is resumed
    RESUME = auto()
    FORGET_TOKEN = auto()  # the sessions end, and the refresh token opens nothing any more


# Events that are not named here are counted and change nothing. Sources: developers.google.com/identity/protocols/risc;
# developer.apple.com, "Processing changes for Sign in with Apple accounts".
_GOOGLE: Final[Mapping[str, Reaction]] = {
    "sessions-revoked": Reaction.END_SESSIONS,
    "tokens-revoked": Reaction.END_SESSIONS,
    "account-disabled": Reaction.SUSPEND,
    "account-enabled": Reaction.RESUME,
}
_APPLE: Final[Mapping[str, Reaction]] = {
    "consent-revoked": Reaction.FORGET_TOKEN,
    "account-delete": Reaction.FORGET_TOKEN,
    "account-deleted": Reaction.FORGET_TOKEN,  # as Apple's own pages write it, too
}


class _AccountEvent(NamedTuple):
    """One event about an account, of second `at`."""

    provider: str
    id: str
    sub: str
    reaction: Reaction
    at: int

    def is_out_of_date(self, account: LinkedAccount) -> bool:
        """Whether it is older than the link, or than the account's being enabled again: events may come late and in any order."""
        return self.at < account.linked_at or (self.reaction is Reaction.SUSPEND and self.at < (account.resumed_at or 0))


def receive_from_google(token: str) -> None:
    """Handle a security event token (RFC 8417). Raises: NotFound (Google is not set up), WrongProviderProof, Unavailable, aws.Failed.

    Also ProviderFailed and ProviderTimedOut, if its keys cannot be had.
    """
    known = provider_settings.providers()
    if not known.is_set_up(google.NAME):
        raise NotFound
    find_key = providers.google_provider().find_key(Deadline())
    received = google_events.verify(token, find_key, issuer=known.google_issuer, client_ids=[known.google_client_id])
    for event in received.events:
        audit.count("provider_events", provider=google.NAME)
        if event.sub is not None:
            reaction = _GOOGLE.get(event.type, Reaction.NONE)
            _handle(_AccountEvent(google.NAME, f"{received.jti} {event.type}", event.sub, reaction, received.issued_at))


def receive_from_apple(payload: str) -> None:
    """Handle a notification. Raises: NotFound (Apple is not set up), WrongProviderProof, Unavailable, aws.Failed, as of Google's."""
    known = provider_settings.providers()
    if not known.is_set_up(apple.NAME):
        raise NotFound
    find_key = providers.apple_provider().find_key(Deadline())
    audiences = (known.apple_client_id, *known.apple_audiences)
    event = apple_events.verify(payload, find_key, issuer=known.apple_issuer, audiences=audiences)
    audit.count("provider_events", provider=apple.NAME)
    _handle(_AccountEvent(apple.NAME, event.jti, event.sub, _APPLE.get(event.type, Reaction.NONE), event.event_at))


def _handle(event: _AccountEvent) -> None:
    key = keys.provider_account_key(event.provider, event.sub)

    def decide(_: WriteConflict | None) -> None:
        account = provider_account_items.find(key)
        customer = customer_items.find(account.customer_id) if account else None
        if account is None or customer is None or event.is_out_of_date(account):
            return
        try:
            dynamodb.transact([provider_event_items.put_new(event.provider, event.id), *_writes(event, account, customer)])
        except dynamodb.TransactionFailed as failed:
            if failed.items[0] is None:
                raise WriteConflict(failed.items) from None  # otherwise it was handled before

    if event.reaction is not Reaction.NONE:
        conflicts.retry_on_conflict(decide)


def _writes(event: _AccountEvent, account: LinkedAccount, customer: Customer) -> list[Write]:
    match event.reaction:
        case Reaction.NONE:
            return []
        case Reaction.END_SESSIONS:
            return [customer_items.ending_sessions(customer)]
        case Reaction.SUSPEND:
            return [customer_items.ending_sessions(customer), provider_account_items.suspend(account, event.at)]
        case Reaction.RESUME:
            return [provider_account_items.resume(account, event.at)]
        case Reaction.FORGET_TOKEN:
            return [customer_items.ending_sessions(customer), provider_account_items.forget_token(account)]
    assert_never(event.reaction)
