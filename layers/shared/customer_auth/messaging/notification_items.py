"""Messages without a code, in the codes table: put by the transaction that causes them, so that none is lost, and deleted once sent.

| attribute | holds |
|---|---|
| pk | message#… |
| notification | what a challenge's map holds of its message (see `message_items`), the `kind`, `at`, the second that it speaks of,
| | `fallback`, the address that it goes to where its own has had enough, and `to`, the one that it was counted for |
| event | requested:notification, for the stream's filter |
| expires_at | TTL: when nobody needs to be told any more |
"""

import secrets

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock, ids, settings
from customer_auth.otp.purposes import Purpose

_LIFE_SECONDS = clock.DAY


def put_new(kind: str, to: Address, locale: str, *, fallback: Address | None, at: int | None = None) -> Write:
    """The part of a transaction after which its customer is told of it; `at` is the second that the message speaks of.

    `fallback` is another verified address of the customer, for when this one has been told too much already.
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
            "delivery": "queued",
        }
        | ({"at": at} if at else {})
        | ({"fallback": list(fallback)} if fallback else {})
    )
    place = {
        "pk": keys.notification(ids.base64url(notification_id)),
        "event": f"requested:{Purpose.NOTIFICATION}",
        "expires_at": now + _LIFE_SECONDS,
    }
    return dynamodb.put(settings.resources().codes_table, place | {Purpose.NOTIFICATION: notification}, where="attribute_not_exists(#pk)")


def delete(pk: str) -> None:
    """The message has been sent, or is dropped. Raises: aws.Failed."""
    dynamodb.write(dynamodb.delete(settings.resources().codes_table, {"pk": pk}))
