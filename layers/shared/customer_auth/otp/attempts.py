"""Attempts to enter a code: each is counted by one conditional write before it is compared (OWASP ASVS 6.5).

An attempt that the write refuses is compared with nothing: `_repeat_or_refuse` says whether it is WrongCode (401), or Throttled (429),
because the address's window is full. `wrong_codes` then counts it against its client, and answers 429 instead if that window is full.
"""

import hmac
import secrets

from customer_auth import audit, aws
from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb, secret_keys
from customer_auth.aws.dynamodb import Item
from customer_auth.aws.keys import Lane
from customer_auth.base import clock, ids, limits
from customer_auth.base.errors import Throttled, WrongCode
from customer_auth.otp import attempt_items, challenges, idempotency_items, lanes, wrong_codes
from customer_auth.otp.attempt_items import AttemptRef
from customer_auth.otp.challenges import Challenge
from customer_auth.otp.derivation import derive_code
from customer_auth.otp.idempotency_items import REPEAT_SECONDS, IdempotencyRecord
from customer_auth.otp.lanes import CodeItemRef
from customer_auth.otp.proofs import CodeAttempt, Proof, Repeat
from customer_auth.otp.purposes import Purpose

# Half of SHA-256's output, as in `keys`: no collision is to be found.
_KEY_HASH_BYTES = 16


def verify_code(purpose: Purpose, address: Address, attempt: CodeAttempt) -> Proof | Repeat:
    """Count the attempt, then compare it in constant time.

    Of any number of concurrent wrong attempts, at most OTP_MAX_ATTEMPTS with the challenge and as many without are compared, and over
    all codes of the address as many as its window has room for. The same key and code are one attempt, however often they come.
    Raises: WrongCode (wrong, expired, used, used up and unknown alike), Throttled, aws.Failed.
    """
    audit.note(purpose=purpose, address=address)
    if attempt.challenge is None:
        return lanes.in_lane(attempt.client, address, lambda code_item: _verify(code_item, None, purpose, attempt, address))
    return _verify_challenge(attempt.challenge, purpose, attempt, address)


def verify_challenge(purpose: Purpose, attempt: CodeAttempt) -> Proof | Repeat:
    """The same for an attempt that comes with its challenge and without the address."""
    audit.note(purpose=purpose)
    return _verify_challenge(attempt.challenge or "", purpose, attempt, None)


def _verify_challenge(challenge: str, purpose: Purpose, attempt: CodeAttempt, address: Address | None) -> Proof | Repeat:
    try:
        code_item, challenge_id = lanes.of_challenge(challenge, purpose, address)
    except WrongCode as wrong:
        wrong_codes.count(wrong, purpose, Lane.UNTRUSTED, attempt.client)
        raise
    return _verify(code_item, challenge_id, purpose, attempt, address)


def _verify(
    code_item: CodeItemRef, challenge_id: bytes | None, purpose: Purpose, attempt: CodeAttempt, address: Address | None
) -> Proof | Repeat:
    audit.note(lane=code_item.lane)
    ref = _ref(code_item, challenge_id, purpose, attempt)
    try:
        return _compare(ref, attempt, _count(ref), address)
    except WrongCode as wrong:
        wrong_codes.count(wrong, purpose, code_item.lane, attempt.client)
        raise


def _ref(code_item: CodeItemRef, challenge_id: bytes | None, purpose: Purpose, attempt: CodeAttempt) -> AttemptRef:
    """The attempt as it is counted. Its id comes from the Idempotency-Key and the code, so that repeating the call is the same attempt."""
    secret_keys.derivation_key_version()  # read before anything is counted: without it no code could be compared
    if attempt.key is None:
        return AttemptRef(purpose, code_item, challenge_id, secrets.token_hex(8), None)
    index_key = secret_keys.index_key()  # never rotates, unlike the derivation key
    attempt_id = ids.hmac_sha256(index_key, "attempt", attempt.key, attempt.code).hex()[:16]
    key_hash = ids.hmac_sha256(index_key, "idempotency-key", attempt.key, code_item.item_key, purpose)[:_KEY_HASH_BYTES]
    return AttemptRef(purpose, code_item, challenge_id, attempt_id, key_hash)


def _compare(ref: AttemptRef, attempt: CodeAttempt, counted: Challenge | IdempotencyRecord, address: Address | None) -> Proof | Repeat:
    """Raises: WrongCode."""
    if isinstance(counted, IdempotencyRecord):
        address = address or challenges.address_of(counted.address)
        if not _matches(counted, ref.purpose, address, attempt.code):
            idempotency_items.delete(ref.code_item, ref.purpose, counted)
            raise WrongCode("wrong_repeat")
        return Repeat(address, counted, attempt.key)
    if address is None:
        audit.note(address=counted.address)
    if not _matches(counted, ref.purpose, counted.address, attempt.code):
        raise WrongCode("wrong")
    return Proof(counted.address, counted, ref, attempt.key, attempt.client)


def _count(ref: AttemptRef) -> Challenge | IdempotencyRecord:
    """Count the attempt; returns the challenge to compare it with, or the record of the call that it repeats.

    Raises: WrongCode (expired, used up, used and unknown alike); Throttled; DeviceEnded; aws.Failed (it may be counted).
    """
    now = clock.now()
    try:
        return attempt_items.count_attempt(ref, now)
    except dynamodb.ConditionFailed as failed:
        return _repeat_or_refuse(ref, failed.item, now)


def _repeat_or_refuse(ref: AttemptRef, item: Item, now: int) -> Challenge | IdempotencyRecord:
    """What a refused attempt means: it repeats an earlier call, its window is full, or it has no code that it may still be compared with.

    The order of these checks decides what a caller learns. A full window is reported before anything that depends on a pending code, so
    that nobody learns from it whether somebody is signing in. Only the caller's own repetition comes first, which has proven to know the
    code or its key.
    """
    ref.code_item.check_device(item)
    record = idempotency_items.find(ref.purpose, item)
    challenge_hash = challenges.hash_of(ref.challenge_id) if ref.challenge_id is not None else None
    if record and record.at > now - REPEAT_SECONDS and record.is_repeated_by(key_hash=ref.key_hash, challenge_hash=challenge_hash):
        return record
    pending: Item = item.get(ref.purpose, {})
    is_pending = bool(pending) and ref.challenge_id in (None, pending["id"])
    if is_pending and pending["expires_at"] > now and ref.attempt_id in pending[ref.attempts_map]:
        return Challenge.of_item(ref.purpose, pending)  # this very attempt, whose response was lost or whose caller repeats it
    window = limits.code_attempts()
    if ref.fills_window and window.is_full(item, now):
        raise Throttled(window.retry_after_seconds(item, now), "failures")
    if record and challenge_hash == record.challenge_hash:
        raise WrongCode("used", counts=False)
    if not is_pending:
        raise WrongCode("unknown_challenge")
    if pending["expires_at"] <= now:
        raise WrongCode("expired")
    raise WrongCode("no_attempts_left")  # the one condition left in `attempt_items`: size(…) < :max, which is OTP_MAX_ATTEMPTS


def _matches(source: Challenge | IdempotencyRecord, purpose: Purpose, address: Address, code: str) -> bool:
    expected = derive_code(source.nonce, source.derivation_key_version, purpose, address)
    return hmac.compare_digest(expected.encode(), code.encode())


def refund(ref: AttemptRef) -> None:
    """Take the attempt of a right code that opened nothing out again. Best effort: one more that stays counted is the safe side."""
    try:
        attempt_items.refund_attempt(ref)
    except aws.Failed:
        audit.note(refund="failed")


def refund_repeat(ref: AttemptRef) -> None:
    """The code was right, and another call has used it: repeating it counts nowhere. Best effort."""
    try:
        attempt_items.refund_repeat(ref)
    except aws.Failed:
        audit.note(refund="failed")
