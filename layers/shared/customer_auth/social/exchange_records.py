"""What a sign-in by a provider led to, kept with its state, so that a repeated call gets the same response."""

from typing import NamedTuple

# How long a call that is repeated with its Idempotency-Key gets the same response.
REPEAT_SECONDS = 120


class ExchangeRecord(NamedTuple):
    """What a sign-in led to: enough to answer its caller's repeat, by the same code and Idempotency-Key, with the same response."""

    taken_by: bytes
    code_hash: bytes
    key_hash: bytes | None
    customer_id: str
    family: str
    registered: bool
    referral_ignored: bool
    at: int
