"""Consents and withdrawals on their way to the register, in the codes table.

The transaction that gives, verifies or withdraws a consent also writes its posting, so that none is lost; it is deleted once it is posted.

| attribute | holds |
|---|---|
| pk | message#… |
| consent | a map: the delivery (see `message_items`), and the fields of a `ConsentEvent`, with the recipient as the register writes it |
| event | requested:consent, for the stream's filter |
| expires_at | TTL: as long as the queue of failures keeps the message |
"""

import secrets
from collections.abc import Iterable

from customer_auth.addresses.address import Channel
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock, consent_settings, ids, settings
from customer_auth.consents.consents import ConsentEvent
from customer_auth.otp.delivery_states import DeliveryState
from customer_auth.otp.purposes import Purpose

_LIFE_SECONDS = 14 * clock.DAY
_TURKISH = "+90"


def put_new(events: Iterable[ConsentEvent]) -> list[Write]:
    """Parts of a transaction: queue these events to be posted. Nothing where posting is off, or for numbers that are not Turkish."""
    if not consent_settings.consent_register().is_on:
        return []
    return [_put_new(event) for event in events if _is_known_there(event)]


def _is_known_there(event: ConsentEvent) -> bool:
    """Whether the register, which is Turkey's, takes the address."""
    return event.type.channel is Channel.EMAIL or event.address.destination.startswith(_TURKISH)


def _put_new(event: ConsentEvent) -> Write:
    posting_id, now = secrets.token_bytes(16), clock.now()
    posting = event._replace(recipient=event.address.destination).item() | {
        "id": posting_id,
        "requested_at": now,
        "expires_at": now + _LIFE_SECONDS,
        "delivery": DeliveryState.QUEUED,
    }
    item = {
        "pk": keys.notification(ids.base64url(posting_id)),
        "event": f"requested:{Purpose.CONSENT}",
        "expires_at": now + _LIFE_SECONDS,
    }
    return dynamodb.put(settings.resources().codes_table, item | {Purpose.CONSENT: posting}, where="attribute_not_exists(#pk)")
