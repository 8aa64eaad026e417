"""What right codes led to, in the code item of their address (see `code_items`): so that their callers' repeats are answered alike."""

from typing import NamedTuple

from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item
from customer_auth.otp import code_items
from customer_auth.otp.challenges import CodeItemRef, Purpose

# For how long the caller's repeat with its key gets the same record.
REPEAT_SECONDS = 120


class IdempotencyRecord(NamedTuple):
    """What a right code led to: enough to answer its caller's repeat with the same response.

    `redemption_id` tells one redemption from another. `family` is empty where no session was started.
    """

    redemption_id: str
    challenge_hash: bytes
    address: list[str]
    requested_at: int
    expires_at: int
    nonce: bytes
    derivation_key_version: int
    key_hash: bytes | None
    customer_id: str
    family: str
    registered: bool
    at: int

    def item(self) -> Item:
        return self._asdict()


def find(purpose: Purpose, item: Item) -> IdempotencyRecord | None:
    """The record of this purpose's last right code, if a raw code item has one."""
    found = item.get(attribute(purpose))
    return IdempotencyRecord(**found) if found else None


def delete(ref: CodeItemRef, purpose: Purpose, record: IdempotencyRecord) -> None:
    """Nobody gets this record again: somebody had its key and not its code. Raises: aws.Failed."""
    write = dynamodb.update(
        *code_items.key(ref.item_key),
        "SET #event = :ended REMOVE #done",
        where="#done.#challenge_hash = :challenge_hash",
        values={":challenge_hash": record.challenge_hash, ":ended": "ended"},
        names={"done": attribute(purpose)},
    )
    dynamodb.try_write(write)  # else it is gone already, or another's


def attribute(purpose: Purpose) -> str:
    """What keeps a purpose's last record."""
    return f"done_{purpose}"
