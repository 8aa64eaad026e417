"""Delivery of a message, recorded in the map of its challenge or notification.

That map is a challenge's in the code item (see `code_items`), or a notification's in an item of its own (see `notification_items`).

| attribute of the map | holds |
|---|---|
| delivery | how far the message is, a `DeliveryState` |
| reason | why the last attempt to send it failed |
| lease, leased_at | which sender is working on it, a random id, and since when |
| to | where a notification goes, once it has been counted there |
| step | how far the message is in its route (see `routing`) |
| revision | of the address, when a reset's message went out |
| customer | whose the address was when the message went out, a hint for verifying its code |

Beside the maps, `sent_by` of a code item holds when the last SMS was asked for and who sent it, if another sender could have.
"""

import secrets
from collections.abc import Sequence
from typing import NamedTuple, assert_never

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings
from customer_auth.otp import challenges, idempotency_items
from customer_auth.otp.delivery_states import DeliveryState
from customer_auth.otp.purposes import Purpose

# A sender that has not reported back for this long has died: its function runs for at most 10 seconds. The retry queue's delay is as long.
LEASE_SECONDS = 15
_LEASE_BYTES = 8
# Whoever asks for another code within this time is taken not to have got the last one.
_ASKED_AGAIN_SECONDS = 15 * clock.MINUTE
_FINISHED = (DeliveryState.SENT, DeliveryState.SKIPPED, DeliveryState.FAILED)
_IS_QUEUED = "#p.#delivery = :queued"
# the last attempt may or may not have been sent · or its sender has died
_IS_ABANDONED = "(#p.#delivery = :unsure OR (#p.#delivery = :leased AND #p.#leased_at <= :stale))"


class OutboxMessage(NamedTuple):
    """Identifies a message: the key of its item, its purpose, and the id of its challenge or notification."""

    pk: str
    purpose: Purpose
    challenge_id: bytes


class DeliveryRecord(NamedTuple):
    """How far a challenge's message is, with the challenge's times in epoch seconds. `address`: where it goes, until the code is used."""

    state: DeliveryState
    reason: str
    requested_at: int
    expires_at: int
    address: Address | None = None


class LeasedMessage(NamedTuple):
    """A message that this sender has leased: its map, and who sent the address's last code, if nothing says that it arrived."""

    fields: Item
    unproven: str


class LeaseHeld(Exception):
    """Another sender holds the lease on this message; try again once the lease has run out."""


def find(message: OutboxMessage) -> DeliveryRecord | None:
    """How far a message is, even if its code has been used; None if its challenge was replaced or never existed.

    Raises: aws.Failed.
    """
    item = dynamodb.get(*_key(message)) or {}
    challenge, record = item.get(message.purpose, {}), item.get(idempotency_items.attribute(message.purpose), {})
    if challenge.get("id") == message.challenge_id:
        state = DeliveryState(challenge["delivery"])
        address = challenges.address_of(challenge["address"])
        return DeliveryRecord(state, challenge.get("reason", ""), challenge["requested_at"], challenge["expires_at"], address)
    if record.get("challenge_hash") == challenges.hash_of(message.challenge_id):
        return DeliveryRecord(DeliveryState.SENT, "", record["requested_at"], record["expires_at"])
    return None


def lease(message: OutboxMessage) -> LeasedMessage | None:
    """Take the lease on a message; returns it, or None if there is nothing left to send.

    Exactly one of any number of concurrent senders gets the lease. A message whose sender died, or whose state is UNSURE, is leased as
    LEASED_AGAIN; if that sender dies too, nobody takes it over.
    Raises: LeaseHeld, aws.Failed.
    """
    now, lease_id = clock.now(), secrets.token_bytes(_LEASE_BYTES)
    abandoned: Item = {":unsure": DeliveryState.UNSURE, ":leased": DeliveryState.LEASED, ":stale": now - LEASE_SECONDS}
    attempts = (
        _lease(message, lease_id, now, DeliveryState.LEASED, _IS_QUEUED, {":queued": DeliveryState.QUEUED}),
        _lease(message, lease_id, now, DeliveryState.LEASED_AGAIN, _IS_ABANDONED, abandoned),
    )
    for attempt in attempts:
        try:
            return _leased(message, dynamodb.write_and_read_item(attempt))
        except dynamodb.ConditionFailed as failed:
            current: Item = failed.item.get(message.purpose, {})
            if current.get("lease") == lease_id:  # our own write, repeated after its response was lost
                return _leased(message, failed.item)
            if not _is_unfinished(message, current, now):
                return None
    raise LeaseHeld


def _leased(message: OutboxMessage, item: Item) -> LeasedMessage:
    fields: Item = item[message.purpose]
    asked_at, sender = item.get("sent_by", (0, ""))
    # A code that was used did arrive.
    was_used = any(name.startswith(idempotency_items.PREFIX) and item[name]["requested_at"] == asked_at for name in item)
    is_recent = asked_at > fields["requested_at"] - _ASKED_AGAIN_SECONDS
    return LeasedMessage(fields, sender if is_recent and not was_used else "")


def _is_unfinished(message: OutboxMessage, current: Item, now: int) -> bool:
    """Whether another sender is working on the message, or has given it up."""
    if current.get("id") != message.challenge_id or current["expires_at"] <= now:
        return False
    state = DeliveryState(current["delivery"])
    match state:
        case DeliveryState.LEASED | DeliveryState.UNSURE:
            return True
        case DeliveryState.LEASED_AGAIN:  # its sender may have died too: not sent a third time
            return False
        case DeliveryState.QUEUED | DeliveryState.SENT | DeliveryState.SKIPPED | DeliveryState.FAILED:
            return False
    assert_never(state)


def _lease(message: OutboxMessage, lease_id: bytes, now: int, state: DeliveryState, where: str, values: Item) -> Write:
    return dynamodb.update(
        *_key(message),
        "SET #p.#delivery = :delivery, #p.#lease = :lease, #p.#leased_at = :now, #event = :recorded",
        # the challenge has not been replaced or used · it has not expired · its message is in the expected state
        where=f"#p.#id = :id AND #p.#expires_at > :now AND {where}",
        values=values | {":delivery": state, ":lease": lease_id, ":id": message.challenge_id, ":now": now, ":recorded": "recorded"},
        names={"p": message.purpose},
    )


def set_destination(message: OutboxMessage, lease_id: bytes, to: Address) -> Write:
    """Part of a transaction: fixes where a notification goes, once, by the sender that holds its lease."""
    return dynamodb.update(
        *_key(message),
        "SET #p.#to = :to",
        # this sender still holds the lease · the message has no destination yet
        where="#p.#lease = :lease AND attribute_not_exists(#p.#to)",
        values={":to": list(to), ":lease": lease_id},
        names={"p": message.purpose},
    )


def record_revision(message: OutboxMessage, revision: str) -> None:
    """Store the address's revision before a reset's message goes out: its token is void once the revision changes. Raises: aws.Failed."""
    dynamodb.try_write(_record(message, {"revision": revision}))  # otherwise it was used or replaced, and opens nothing


def record(
    message: OutboxMessage,
    state: DeliveryState,
    fields: Item | None = None,
    *,
    sent_by: Sequence[int | str] = (),
    entry: Write | None = None,
) -> None:
    """Store how far the message is, with further `fields` of its map. A finished message is leased by nobody.

    `sent_by`: when its code was asked for and who sent it, if another sender could have. `entry`, the ledger's, is written in the same
    transaction; alone, if the code has been used or replaced meanwhile: the message was sent all the same. Raises: aws.Failed.
    """
    known = {name: value for name, value in (fields or {}).items() if value}
    absent = [*(("lease", "leased_at", "step") if state in _FINISHED else ()), *(() if "reason" in known else ("reason",))]
    write = _record(message, {"delivery": state, **known}, absent, sent_by)
    is_recorded = dynamodb.try_transact([write, *([entry] if entry else [])])  # if not, nobody will ask for the state any more
    if entry and not is_recorded:
        dynamodb.write(entry)


def _record(message: OutboxMessage, fields: Item, absent: Sequence[str] = (), sent_by: Sequence[int | str] = ()) -> Write:
    """The write that sets these fields of the challenge, and removes the `absent` ones."""
    removed = f" REMOVE {', '.join(f'#p.#{name}' for name in absent)}" if absent else ""
    beside: Item = {"sent_by": list(sent_by)} if sent_by else {}
    assignments = [*(f"#p.#{name} = :{name}" for name in fields), *(f"#{name} = :{name}" for name in beside), "#event = :recorded"]
    values = {f":{name}": value for name, value in (fields | beside).items()}
    return dynamodb.update(
        *_key(message),
        f"SET {', '.join(assignments)}{removed}",
        where="#p.#id = :id",  # the challenge has not been replaced or used
        values=values | {":recorded": "recorded", ":id": message.challenge_id},
        names={"p": message.purpose},
    )


def _key(message: OutboxMessage) -> tuple[str, Item]:
    return settings.resources().codes_table, {"pk": message.pk}
