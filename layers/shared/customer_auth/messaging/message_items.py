"""What becomes of a challenge's message, in the challenge's own map of the code item (see `code_items`).

| delivery | means |
|---|---|
| queued | to be sent |
| leased, leased_again | one sender is at it, for the first or the last time |
| unsure | the provider's answer was lost: it may have been sent, and is sent once more |
| sent, skipped, failed | accepted by the provider, nobody to tell, not to be accepted (`reason`) |
"""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings
from customer_auth.otp import challenges, idempotency_items
from customer_auth.otp.delivery_states import DeliveryState
from customer_auth.otp.purposes import Purpose

# After this a sender that leased a message and was heard of no more has died: its function may run for 10 seconds. The retry
# queue's delay is as long.
LEASE_SECONDS = 15
_LEASE_BYTES = 8
_DONE = ("sent", "skipped", "failed")
_LEFT_BEHIND = "(#p.#delivery = :unsure OR (#p.#delivery = :leased AND #p.#leased_at <= :stale))"


class Message(NamedTuple):
    """Which message: the code item's key, the purpose, the challenge's id."""

    pk: str
    purpose: Purpose
    challenge_id: bytes


class Delivery(NamedTuple):
    """How far a pending challenge's message is, and the challenge's times."""

    state: DeliveryState
    reason: str
    requested_at: int
    expires_at: int


class InTheWay(Exception):
    """Another sender is at this message; look again when it has had its time."""


def find(message: Message) -> Delivery | None:
    """What became of a message, also when its code has been used; None where its challenge was replaced or never was.

    Raises: aws.Failed.
    """
    item = dynamodb.get(*_key(message)) or {}
    challenge, used = item.get(message.purpose, {}), item.get(idempotency_items.attribute(message.purpose), {})
    if challenge.get("id") == message.challenge_id:
        return Delivery(
            DeliveryState(challenge["delivery"]), challenge.get("reason", ""), challenge["requested_at"], challenge["expires_at"]
        )
    if used.get("challenge_hash") == challenges.hash_of(message.challenge_id):
        return Delivery(DeliveryState.SENT, "", used["requested_at"], used["expires_at"])
    return None


def lease(message: Message) -> Item | None:
    """Be the one sender of this message; answers its challenge, or None where nothing is to be sent any more.

    Of any number at once one gets it. One whose sender died, or that is `unsure`, is given out once more, as `leased_again`.
    Raises: InTheWay, aws.Failed.
    """
    now, lease_id = clock.now(), secrets.token_bytes(_LEASE_BYTES)
    free: Item = {":queued": "queued"}
    left: Item = {":unsure": "unsure", ":leased": "leased", ":stale": now - LEASE_SECONDS}
    steps = (
        _lease(message, lease_id, now, "leased", "#p.#delivery = :queued", free),
        _lease(message, lease_id, now, "leased_again", _LEFT_BEHIND, left),
    )
    for step in steps:
        try:
            challenge: Item = dynamodb.write_and_read(step, message.purpose)
        except dynamodb.ConditionFailed as failed:
            challenge = failed.item.get(message.purpose, {})
            if challenge.get("lease") != lease_id:  # not a write of ours whose answer was lost
                if challenge.get("id") != message.challenge_id or challenge["expires_at"] <= now:
                    return None
                if challenge["delivery"] not in ("leased", "unsure"):
                    return None
                continue
        return challenge
    raise InTheWay


def _lease(message: Message, lease_id: bytes, now: int, delivery: str, where: str, values: Item) -> Write:
    return dynamodb.update(
        *_key(message),
        "SET #p.#delivery = :delivery, #p.#lease = :lease, #p.#leased_at = :now, #event = :recorded",
        where=f"#p.#id = :id AND #p.#expires_at > :now AND {where}",
        values=values | {":delivery": delivery, ":lease": lease_id, ":id": message.challenge_id, ":now": now, ":recorded": "recorded"},
        names={"p": message.purpose},
    )


def route(message: Message, lease_id: bytes, to: Address) -> Write:
    """The part of a transaction that says where the message goes, once, by the sender that has leased it."""
    return dynamodb.update(
        *_key(message),
        "SET #p.#to = :to",
        # this sender has it still · it has no destination yet
        where="#p.#lease = :lease AND attribute_not_exists(#p.#to)",
        values={":to": list(to), ":lease": lease_id},
        names={"p": message.purpose},
    )


def bind(message: Message, revision: str) -> None:
    """Note the address's revision before a reset's message goes out, for its token opens nothing of another. Raises: aws.Failed."""
    _note(message, {"revision": revision})


def record(message: Message, delivery: str, *, reason: str = "", customer_id: str | None = None) -> None:
    """Write down what became of it; `customer_id` is the hint for the verify. A message that is done is leased by nobody.

    Raises: aws.Failed.
    """
    fields = {"delivery": delivery, "reason": reason, "customer": customer_id}
    over = ["lease", "leased_at"] if delivery in _DONE else []
    _note(message, {name: value for name, value in fields.items() if value}, [*over, *([] if reason else ["reason"])])


def _note(message: Message, fields: Item, over: Sequence[str] = ()) -> None:
    """Set these fields of the challenge, and remove those that are over."""
    removed = f" REMOVE {', '.join(f'#p.#{name}' for name in over)}" if over else ""
    write = dynamodb.update(
        *_key(message),
        f"SET {', '.join(f'#p.#{name} = :{name}' for name in fields)}, #event = :recorded{removed}",
        where="#p.#id = :id",
        values={f":{name}": value for name, value in fields.items()} | {":recorded": "recorded", ":id": message.challenge_id},
        names={"p": message.purpose},
    )
    dynamodb.write_if(write)  # else the code was used or replaced, and nobody asks any more


def _key(message: Message) -> tuple[str, Item]:
    return settings.resources().codes_table, {"pk": message.pk}
