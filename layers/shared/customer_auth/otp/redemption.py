"""Redeeming a proof: one transaction uses it up and does what it was for, all or nothing.

A caller who repeats the call with its Idempotency-Key gets the response of the first call, however that was lost.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import NamedTuple

from customer_auth import aws
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import conflicts, dynamodb, secret_keys
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, ids
from customer_auth.base.errors import Refusal, Unavailable, WrongCode
from customer_auth.customers.customers import Customer
from customer_auth.otp import attempt_items, attempts, code_items, idempotency_items, wrong_codes
from customer_auth.otp.idempotency_items import IdempotencyRecord
from customer_auth.otp.lanes import CodeItemRef
from customer_auth.otp.proofs import Proof, Repeat
from customer_auth.otp.purposes import Purpose
from customer_auth.sessions import issuance, sessions
from customer_auth.sessions.issuance import TokenPair
from customer_auth.sessions.refresh_tokens import RefreshToken
from customer_auth.sessions.session_items import Session

# Their repeats come without the address, so their records keep it.
_WITHOUT_ADDRESS = (Purpose.VERIFY, Purpose.CONTACT, Purpose.DELETION, Purpose.CANCELLATION, Purpose.GUEST)


class StartedSession(NamedTuple):
    """A session that a proof has started."""

    customer: Customer
    session: Session
    token_pair: TokenPair


def retry_on_conflict[T](proof: Proof, decide: Callable[[WriteConflict | None], T], *refusals: type[Refusal]) -> T:
    """Run `decide` and commit; if the data it read has changed meanwhile, run it again with what is there now.

    Where it fails, or is refused by one of `refusals`, the attempt is refunded: the code was right, and still opens what it is for.
    Where the code turns out to open nothing, it counts like a wrong one.
    Raises: Unavailable (changed too often), Throttled (the client has entered too many wrong codes), and what `decide` raises.
    """
    try:
        return conflicts.retry_on_conflict(decide)
    except WrongCode as wrong:
        wrong_codes.count(wrong, proof.purpose, proof.attempt_ref.code_item.lane, proof.client)
        raise
    except Exception as failure:
        if isinstance(failure, (*refusals, Unavailable, aws.Failed)):
            attempts.refund(proof.attempt_ref)
        raise


def read(proof: Proof, keys: Sequence[tuple[str, Item]]) -> list[Item | None]:
    """The items under these keys, in one consistent read, unless the proof's client has entered too many wrong codes.

    Raises: Throttled, Unavailable, aws.Failed.
    """
    return wrong_codes.read_for_right_code(proof.purpose, proof.attempt_ref.code_item.lane, proof.client, keys)


def redeem(
    proof: Proof,
    writes: Sequence[Write],
    *,
    customer_id: str,
    family: str = "",
    registered: bool = False,
    at: int | None = None,
    ends_devices_of: Sequence[Address] = (),
) -> Repeat | None:
    """Use the proof up and do the writes, all or nothing. Of any number of concurrent calls with one proof, one does it.

    Returns None if this call did it, else the call that it repeats. Afterwards no device issued before second `at` (now) counts for the
    addresses of `ends_devices_of`: all of the customer's if a credential changes, and any address that gets an owner. The device in the
    response is issued in that second or later.
    Raises: WrongCode (used meanwhile), WriteConflict (with the items of `writes`), aws.Failed.
    """
    record = _record(proof, customer_id=customer_id, family=family, registered=registered, at=clock.now() if at is None else at)
    own = proof.attempt_ref.code_item
    ended = {CodeItemRef.trusted(address).item_key: address for address in ends_devices_of}
    consume = attempt_items.consume(proof.attempt_ref, proof.challenge, record, ends_devices=own.item_key in ended)
    ends = [write for address in ended.values() for write in code_items.end_devices(address, record.at, consumed=own.item_key)]
    try:
        dynamodb.transact([consume, *writes, *ends])
    except dynamodb.TransactionFailed as failed:
        code_item, *others = failed.items
        if code_item is None:
            raise WriteConflict(others[: len(writes)]) from None
        return _already_used(proof, record, code_item)
    return None


def _already_used(proof: Proof, record: IdempotencyRecord, code_item: Item) -> Repeat | None:
    """What it means that the challenge is gone: this very transaction, the caller's earlier call, or somebody else's.

    Raises: WrongCode.
    """
    earlier = idempotency_items.find(proof.purpose, code_item)
    if earlier is not None and earlier.redemption_id == record.redemption_id:
        return None  # our own transaction, repeated after its response was lost
    if earlier is not None and earlier.is_repeated_by(key_hash=record.key_hash, challenge_hash=record.challenge_hash):
        return Repeat(proof.address, earlier, proof.key)
    attempts.refund_repeat(proof.attempt_ref)
    raise WrongCode("used", counts=False)


def _record(proof: Proof, *, customer_id: str, family: str, registered: bool, at: int) -> IdempotencyRecord:
    challenge = proof.challenge
    return IdempotencyRecord(
        redemption_id=secrets.token_hex(4),
        challenge_hash=challenge.hash,
        address=list(challenge.address) if proof.purpose in _WITHOUT_ADDRESS else [],
        requested_at=challenge.requested_at,
        expires_at=challenge.expires_at,
        nonce=challenge.nonce,
        derivation_key_version=challenge.derivation_key_version,
        key_hash=proof.attempt_ref.key_hash,
        customer_id=customer_id,
        family=family,
        registered=registered,
        at=at,
        client=challenge.client or b"",
    )


def draft_session(proof: Proof, customer: Customer, issuer: str) -> StartedSession:
    """The session that the proof starts, its tokens signed before anything is written. Raises: Unavailable, aws.Failed."""
    version = proof.challenge.derivation_key_version
    secret = first_secret(proof.key, proof.challenge.hash, version)
    session, refresh = issuance.new_session(
        customer, amr(proof.address), client=proof.client.label, derivation_key_version=version, secret=secret
    )
    return StartedSession(customer, session, issuance.token_pair(customer, session, refresh, issuer))


def repeated_session(repeat: Repeat, issuer: str) -> StartedSession:
    """The same session, customer and first refresh token again. Raises: WrongCode (ended since), Unavailable, aws.Failed."""
    record = repeat.record
    started = session_again(record.customer_id, record.family, repeat.key, record.challenge_hash, record.derivation_key_version, issuer)
    if started is None:
        raise WrongCode("session_ended")
    return started


def session_again(
    customer_id: str, family: str, key: str | None, challenge_hash: bytes, derivation_key_version: int, issuer: str
) -> StartedSession | None:
    """A session that an earlier call with this key has started, and its first refresh token; None if it has ended since.

    Raises: Unavailable, aws.Failed.
    """
    live = sessions.find(customer_id, family)
    if live is None:
        return None
    session, customer = live
    secret = first_secret(key, challenge_hash, derivation_key_version) or b""
    refresh = RefreshToken(customer.id, session.family, derivation_key_version, 0, secret)
    return StartedSession(customer, session, issuance.token_pair(customer, session, refresh, issuer))


def first_secret(key: str | None, challenge_hash: bytes, derivation_key_version: int) -> bytes | None:
    """With an Idempotency-Key, the refresh token's first secret that a repeated call derives again; None: a random one.

    Raises: aws.Failed.
    """
    derivation_key = secret_keys.derivation_key(derivation_key_version) if key else None
    return ids.hmac_sha256(derivation_key, "first-refresh-secret", challenge_hash, key) if key and derivation_key else None


def amr(address: Address) -> list[str]:
    """RFC 8176: a one-time code, by SMS or not."""
    return ["otp", "sms"] if address.channel is Channel.PHONE else ["otp"]
