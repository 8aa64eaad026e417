"""What a caller enters, and what a right code proves."""

from typing import NamedTuple

from customer_auth.addresses.address import Address
from customer_auth.base.client import Client
from customer_auth.otp.attempt_items import AttemptRef
from customer_auth.otp.challenges import Challenge
from customer_auth.otp.idempotency_items import IdempotencyRecord
from customer_auth.otp.purposes import Purpose


class CodeAttempt(NamedTuple):
    """A code as a caller enters it, with its challenge or for the address alone. `key` is the caller's Idempotency-Key."""

    code: str
    challenge: str | None
    key: str | None
    client: Client


class Proof(NamedTuple):
    """Proof that the caller has the address: a right code, not yet redeemed (`redemption.redeem`). It can be redeemed once.

    `address` is in the spelling that the code was sent to, however the attempt spelled it.
    """

    address: Address
    challenge: Challenge
    attempt_ref: AttemptRef
    key: str | None
    client: Client

    @property
    def purpose(self) -> Purpose:
        return self.challenge.purpose


class Repeat(NamedTuple):
    """A right code with the key of a call that has redeemed it already: it gets that call's response."""

    address: Address
    record: IdempotencyRecord
    key: str | None
