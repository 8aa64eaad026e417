"""What becomes of a challenge's message, in the challenge's own map of the code item (see `code_items`).

| delivery | means |
|---|---|
| queued | to be sent |
| claimed, claimed_again | one sender is at it, for the first or the last time |
| sent · skipped · failed | accepted by the provider · nobody to tell · never to be accepted (`reason`) |
"""

from typing import NamedTuple

from customer_auth import clock, ids, settings
from customer_auth.challenges import Purpose
from customer_auth.tables import client
from customer_auth.tables.client import Item, Write
from customer_auth.tables.code_items import done

# After this a sender that claimed a message and was heard of no more has died: the function's time-out is shorter.
CLAIM_SECONDS = 30


class Message(NamedTuple):
    """Which message: the code item's key, the purpose, the challenge's id."""

    pk: str
    purpose: Purpose
    challenge_id: bytes


class Delivery(NamedTuple):
    """How far a pending challenge's message is, and the challenge's times."""

    state: str
    reason: str
    asked_at: int
    expires_at: int


class InTheWay(Exception):
    """Another sender is at this message; look again when it has had its time."""


def find(message: Message) -> Delivery | None:
    """What became of a message, also when its code has been used; None where its challenge was replaced or never was.

    Raises: aws.Failed.
    """
    item = client.get(settings.places().codes_table, {"pk": message.pk}) or {}
    challenge, used = item.get(message.purpose, {}), item.get(done(message.purpose), {})
    if challenge.get("id") == message.challenge_id:
        return Delivery(challenge["delivery"], challenge.get("reason", ""), challenge["asked_at"], challenge["expires_at"])
    if used.get("challenge_hash") == ids.sha256(message.challenge_id):
        return Delivery("sent", "", used["asked_at"], used["expires_at"])
    return None


def claim(message: Message) -> Item | None:
    """Be the one sender of this message; answers its challenge, or None where nothing is to be sent any more.

    Of any number at once one gets it. One that was claimed and never finished is given out once more.
    Raises: InTheWay, aws.Failed.
    """
    now = clock.now()
    alive = "#p.#id = :id AND #p.#expires_at > :now"
    try:
        item = client.write(_claim(message, "claimed", f"{alive} AND #p.#delivery = :queued", {":queued": "queued", ":now": now}))
    except client.ConditionFailed as failed:
        challenge = failed.item.get(message.purpose, {})
        if challenge.get("id") != message.challenge_id or challenge["expires_at"] <= now or challenge["delivery"] != "claimed":
            return None
        return _claim_again(message, f"{alive} AND #p.#delivery = :claimed AND #p.#claimed_at <= :stale", now)
    challenge = item[message.purpose]
    return challenge if isinstance(challenge, dict) else None


def _claim_again(message: Message, where: str, now: int) -> Item | None:
    try:
        item = client.write(_claim(message, "claimed_again", where, {":claimed": "claimed", ":stale": now - CLAIM_SECONDS, ":now": now}))
    except client.ConditionFailed as failed:
        if failed.item.get(message.purpose, {}).get("delivery") == "claimed":
            raise InTheWay from None
        return None
    challenge: Item = item[message.purpose]
    return challenge


def record(message: Message, delivery: str, *, reason: str = "", customer_id: str | None = None) -> None:
    """Write down what became of it; `customer_id` is the hint for the verify. Raises: aws.Failed."""
    assignments, values = "#p.#delivery = :delivery, #p.#reason = :reason, #event = :recorded", {":delivery": delivery, ":reason": reason}
    if customer_id:
        assignments, values = f"{assignments}, #p.#customer = :customer", values | {":customer": customer_id}
    write = client.update(
        settings.places().codes_table,
        {"pk": message.pk},
        f"SET {assignments}",
        where="#p.#id = :id",  # else the code was used or replaced, and nobody asks any more
        values=values | {":id": message.challenge_id, ":recorded": "recorded"},
        names={"p": message.purpose},
    )
    try:
        client.write(write)
    except client.ConditionFailed:
        return


def _claim(message: Message, delivery: str, where: str, values: Item) -> Write:
    return client.update(
        settings.places().codes_table,
        {"pk": message.pk},
        "SET #p.#delivery = :delivery, #p.#claimed_at = :now, #event = :recorded",
        where=where,
        values=values | {":delivery": delivery, ":id": message.challenge_id, ":recorded": "recorded"},
        names={"p": message.purpose},
    )
