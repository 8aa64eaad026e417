"""What right codes led to, in the code item of their address (see `code_items`), so that a repeated call gets the same response."""

from typing import NamedTuple

from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item
from customer_auth.otp.lanes import CodeItemRef
from customer_auth.otp.purposes import Purpose

# How long a call that is repeated with its Idempotency-Key gets the same response.
REPEAT_SECONDS = 120
PREFIX = "done_"
_LEFT_OUT: Item = {"address": [], "family": "", "registered": False, "client": b""}

# Shorter than the field's name: each byte of a code item counts (`code_items`).
_KEY_VERSION = "key_version"


class IdempotencyRecord(NamedTuple):
    """What a right code led to: enough to answer its caller's repeat with the same response.

    `redemption_id` tells one redemption from another. `family` is empty where no session was started, `client` where
    the request counts in no client's window.
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
    client: bytes = b""

    def item(self) -> Item:
        """Without what most records do not say."""
        fields = self._asdict()
        fields[_KEY_VERSION] = fields.pop("derivation_key_version")
        return {name: value for name, value in fields.items() if name not in _LEFT_OUT or value != _LEFT_OUT[name]}

    def is_repeated_by(self, *, key_hash: bytes | None, challenge_hash: bytes | None) -> bool:
        """Whether a call with this key, and for this challenge where it names one, is the one that this record is of."""
        return key_hash is not None and key_hash == self.key_hash and challenge_hash in (None, self.challenge_hash)


def find(purpose: Purpose, item: Item) -> IdempotencyRecord | None:
    """The record of this purpose's last right code, if a raw code item has one."""
    record: Item = dict(item.get(attribute(purpose), {}))
    if not record:
        return None
    return IdempotencyRecord(derivation_key_version=record.pop(_KEY_VERSION), **(_LEFT_OUT | record))


def delete(ref: CodeItemRef, purpose: Purpose, record: IdempotencyRecord) -> None:
    """Nobody gets this response again: somebody had the key and not the code. Raises: aws.Failed."""
    write = dynamodb.update(
        *ref.key,
        "SET #event = :ended REMOVE #done",
        where="#done.#challenge_hash = :challenge_hash",
        values={":challenge_hash": record.challenge_hash, ":ended": "ended"},
        names={"done": attribute(purpose)},
    )
    dynamodb.try_write(write)  # otherwise it is gone already, or another's


def attribute(purpose: Purpose) -> str:
    """The attribute that keeps a purpose's last record."""
    return f"{PREFIX}{purpose}"
