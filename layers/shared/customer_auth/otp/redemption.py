"""What a proof opens, it opens once: one transaction uses it up and does what it was for, all or nothing.

Repeats by the caller's key are told what the first call led to, however its answer was lost.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import NamedTuple

from customer_auth import aws
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import dynamodb, keys, secret_keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.aws.keys import Lane
from customer_auth.base import clock, ids
from customer_auth.base.errors import Refusal, Unavailable, WrongCode
from customer_auth.customers.customers import Customer
from customer_auth.otp import attempt_items, code_items, codes, idempotency_items
from customer_auth.otp.challenges import Purpose
from customer_auth.otp.codes import Proof
from customer_auth.otp.idempotency_items import IdempotencyRecord
from customer_auth.sessions import issuance, sessions
from customer_auth.sessions.issuance import TokenPair
from customer_auth.sessions.refresh_tokens import RefreshToken
from customer_auth.sessions.session_items import Session

# Their repeats come without the address, which their record keeps therefore.
_WITHOUT_ADDRESS = (Purpose.VERIFY, Purpose.CONTACT, Purpose.DELETION, Purpose.CANCELLATION)
MAX_CONFLICT_RETRIES = 3


class WriteConflict(Exception):
    """Something that the decision stood on has changed: for each write what lies there, or None where its condition held."""

    def __init__(self, items: list[Item | None]) -> None:
        super().__init__()
        self.items = items


class StartedSession(NamedTuple):
    """A session that a proof has begun."""

    customer: Customer
    session: Session
    token_pair: TokenPair


def retry_on_conflict[T](proof: Proof, decide: Callable[[WriteConflict | None], T], *refusals: type[Refusal]) -> T:
    """What the proof opens, by the state at the moment of the commit: `decide` is asked anew when what it stood on has changed, with that.

    Where it fails, or is refused by one of `refusals`, the proof's try is given back: it was right and opens what it does later. Where
    it opens nothing it counts like a wrong one.
    Raises: Unavailable (changed too often), Throttled (the client has had too many codes refused), and what `decide` raises.
    """
    try:
        return _decided(decide)
    except WrongCode as wrong:
        codes.count_wrong_code(wrong, proof.purpose, proof.row.ref.lane, proof.client)
        raise
    except Exception as refused:
        if isinstance(refused, (*refusals, Unavailable, aws.Failed)):
            codes.refund_attempt(proof)
        raise


def read(proof: Proof, places: Sequence[tuple[str, Item]]) -> list[Item | None]:
    """What lies at these places, in one consistent read, unless the proof's client has had too many codes refused.

    Raises: Throttled, Unavailable, aws.Failed.
    """
    return codes.read_with_client(proof.purpose, proof.row.ref.lane, proof.client, places)


def _decided[T](decide: Callable[[WriteConflict | None], T]) -> T:
    conflict = None
    for _ in range(MAX_CONFLICT_RETRIES):
        try:
            return decide(conflict)
        except WriteConflict as changed:
            conflict = changed
    raise Unavailable("changed_too_often")


def redeem(
    proof: Proof,
    writes: Sequence[Write],
    *,
    customer_id: str,
    family: str = "",
    registered: bool = False,
    at: int | None = None,
    ends_devices_of: Sequence[Address] = (),
) -> IdempotencyRecord | None:
    """Use the proof up and do the writes, all or nothing. Of any number of concurrent calls with one proof one does it.

    Answers None when this call did it, else the record of the call that it repeats. After it no device given before the second `at`
    (now) counts for the addresses of `ends_devices_of`: all that are the customer's when a credential changes, and any that gets an
    owner. The device that the call answers with is given in that second or later.
    Raises: WrongCode (used meanwhile), WriteConflict, aws.Failed.
    """
    record = IdempotencyRecord(
        redemption_id=secrets.token_hex(4),
        challenge_hash=ids.sha256(proof.challenge["id"]),
        address=proof.challenge["address"] if proof.purpose in _WITHOUT_ADDRESS else [],
        requested_at=proof.challenge["requested_at"],
        expires_at=proof.challenge["expires_at"],
        nonce=proof.challenge["nonce"],
        derivation_key_version=proof.challenge["derivation_key"],
        key_hash=proof.row.key_hash,
        customer_id=customer_id,
        family=family,
        registered=registered,
        at=clock.now() if at is None else at,
    )
    own = proof.row.ref.item_key
    known = {keys.code_item_key(address, Lane.TRUSTED) for address in ends_devices_of}
    consume = attempt_items.consume(proof.row, proof.challenge, record, ends_devices=own in known)
    ends = [code_items.end_devices(item_key, record.at) for item_key in known - {own}]
    try:
        dynamodb.transact([consume, *writes, *ends])
    except dynamodb.TransactionFailed as failed:
        code_item, *others = failed.items
        if code_item is None:
            raise WriteConflict(others[: len(writes)]) from None
        earlier = idempotency_items.find(proof.purpose, code_item)
        if earlier is not None and earlier.redemption_id == record.redemption_id:
            return None  # our own transaction, repeated after its answer was lost
        if earlier is None or not _is_own(earlier, record):
            codes.refund_failure(proof)
            raise WrongCode("used", counts=False) from None
        return earlier
    return None


def _is_own(earlier: IdempotencyRecord, record: IdempotencyRecord) -> bool:
    """Whether that record is of this very challenge and by this caller's key."""
    return earlier.key_hash is not None and earlier.key_hash == record.key_hash and earlier.challenge_hash == record.challenge_hash


def draft_session(proof: Proof, customer: Customer, issuer: str) -> StartedSession:
    """The session that the proof begins, its tokens signed before anything is used up. Raises: Unavailable, aws.Failed."""
    version = proof.challenge["derivation_key"]
    secret = first_secret(proof.key, ids.sha256(proof.challenge["id"]), version)
    session, refresh = issuance.new_session(
        customer, amr(proof.address), client=proof.client.label, derivation_key_version=version, secret=secret
    )
    return StartedSession(customer, session, issuance.token_pair(customer, session, refresh, issuer))


def repeated_session(proof: Proof, record: IdempotencyRecord, issuer: str) -> StartedSession:
    """The same session, customer and first refresh token again. Raises: WrongCode (ended since), Unavailable, aws.Failed."""
    found = sessions.find(record.customer_id, record.family)
    if found is None:
        raise WrongCode("session_ended")
    session, customer = found
    secret = first_secret(proof.key, record.challenge_hash, record.derivation_key_version) or b""
    refresh = RefreshToken(customer.id, session.family, record.derivation_key_version, 0, secret)
    return StartedSession(customer, session, issuance.token_pair(customer, session, refresh, issuer))


def first_secret(key: str | None, challenge_hash: bytes, derivation_key_version: int) -> bytes | None:
    """With a key, the secret that its repeats find again; without one, none, so that it is random. Raises: aws.Failed."""
    derivation_key = secret_keys.derivation_key(derivation_key_version) if key else None
    return ids.hmac_sha256(derivation_key, "first-refresh-secret", challenge_hash, key) if key and derivation_key else None


def amr(address: Address) -> list[str]:
    """RFC 8176: a one-time code, by SMS or not."""
    return ["otp", "sms"] if address.channel is Channel.PHONE else ["otp"]
