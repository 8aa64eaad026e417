"""Notifications, messages without a code, in the codes table.

The transaction that causes a notification also writes it, so that none is lost; it is deleted once it has been sent.

| attribute | holds |
|---|---|
| pk | message#… |
| notification | a map: the delivery (see `message_items`); `kind`; `address` and `locale`; `at`, the time that the text mentions; |
| | `fallback`, the address it goes to if the window of the first is full |
| event | requested:notification, for the stream's filter |
| expires_at | TTL: when the news is too old to be sent |
"""

import secrets

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock, ids, settings
from customer_auth.otp.delivery_states import DeliveryState
from customer_auth.otp.purposes import Purpose

_LIFE_SECONDS = clock.DAY


def put_new(kind: str, to: Address, locale: str, *, fallback: Address | None, at: int | None = None) -> Write:
    """Part of a transaction: queues a notification. `at` is the time that its text mentions, in epoch seconds.

    `fallback` is another verified address of the customer, used if the window of `to` is full.
    """
    notification_id, now = secrets.token_bytes(16), clock.now()
    notification = (
        {
            "id": notification_id,
            "kind": kind,
            "address": list(to),
            "locale": locale,
            "requested_at": now,
            "expires_at": now + _LIFE_SECONDS,
            "delivery": DeliveryState.QUEUED,
        }
        | ({"at": at} if at else {})
        | ({"fallback": list(fallback)} if fallback else {})
    )
    item = {
        "pk": keys.notification(ids.base64url(notification_id)),
        "event": f"requested:{Purpose.NOTIFICATION}",
        "expires_at": now + _LIFE_SECONDS,
    }
    return dynamodb.put(settings.resources().codes_table, item | {Purpose.NOTIFICATION: notification}, where="attribute_not_exists(#pk)")


def delete(pk: str, *beside: Write) -> None:
    """Delete a notification that was sent or dropped, together with these writes. Raises: aws.Failed."""
    dynamodb.try_transact([dynamodb.delete(settings.resources().codes_table, {"pk": pk}), *beside])
