"""One-time codes: requested by one write, verified by one, derived and never stored (NIST SP 800-63B-4 §3.1.3, OWASP ASVS 6.5).

A code is bound to its purpose, its address and, when sent with it, its challenge. Whether the address has an account is not looked up.
"""

import hmac
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from customer_auth import audit, aws
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import secret_keys
from customer_auth.aws.dynamodb import Write
from customer_auth.aws.keys import Lane
from customer_auth.base import ids, settings
from customer_auth.base.client import Client
from customer_auth.base.errors import Throttled, WrongCode
from customer_auth.otp import attempts, challenges, client_items, code_items, idempotency_items, lanes
from customer_auth.otp.attempt_items import AttemptRow
from customer_auth.otp.challenges import BoundTo, Challenge
from customer_auth.otp.client_items import CountedRequest
from customer_auth.otp.derivation import derive_code
from customer_auth.otp.idempotency_items import IdempotencyRecord
from customer_auth.otp.lanes import CodeItemRef, DeviceEnded
from customer_auth.otp.proofs import CodeAttempt, Proof, Repeat
from customer_auth.otp.purposes import Purpose

# Half of SHA-256's output, as in `keys`: no collision is to be found.
_KEY_HASH_BYTES = 16


class IssuedChallenge(NamedTuple):
    """What the caller of a code request gets; whether a message is on its way depends on the address. Times in epoch seconds."""

    challenge: str
    expires_at: int
    resend_at: int
    address: Address


def request_code(
    purpose: Purpose, address: Address, client: Client, earlier: str | None = None, *, bound_to: BoundTo | None = None
) -> IssuedChallenge:
    """Replace the address's pending challenge, in the client's lane, by a new one; the outbox sends its code.

    Of any number of concurrent calls, the windows let one through; the others are throttled. `earlier` is the challenge of the code
    that is sent again; `bound_to` says for whom alone the code opens something.
    Raises: WrongCode (`earlier` is not of this address and purpose), Throttled, aws.Failed.
    """
    audit.note(purpose=purpose, address=address)
    if earlier is not None:
        lanes.of_challenge(earlier, purpose, address)  # only refuses; which lane to use, the device says
    challenge = Challenge.new(purpose, address, client.locale, bound_to)
    return lanes.in_lane(client, address, lambda ref: _issue(ref, challenge, _count(client, ref.lane, challenge)))


def request_counted_code(purpose: Purpose, address: Address, client: Client, counted: CountedRequest, bound_to: BoundTo) -> IssuedChallenge:
    """The same, for a request that its client was charged for already (`count_request`)."""
    audit.note(purpose=purpose, address=address)
    challenge = Challenge.new(purpose, address, client.locale, bound_to)
    charges = [counted]  # for the first lane alone: what counts in the lane of an ended device counts again in the other

    def issue(ref: CodeItemRef) -> IssuedChallenge:
        return _issue(ref, challenge, charges.pop() if charges else _count(client, ref.lane, challenge))

    return lanes.in_lane(client, address, issue)


def request_code_for_owner(challenge: Challenge, client: Client, writes: Sequence[Write]) -> IssuedChallenge:
    """The same for the address's owner, who is signed in: in the trusted lane, and with these writes, all or nothing.

    Raises: Throttled, Unavailable (a condition of `writes` failed), aws.Failed.
    """
    audit.note(purpose=challenge.purpose, address=challenge.address)
    ref = CodeItemRef.trusted(challenge.address)
    return _issue(ref, challenge, _count(client, ref.lane, challenge), writes)


def request_decoy(purpose: Purpose, channel: Channel, name: str, client: Client, counted: CountedRequest) -> IssuedChallenge:
    """Behave exactly like `request_counted_code` for a recipient that does not exist: same throttling, same response, nothing sent.

    Raises: Throttled, aws.Failed.
    """
    audit.note(purpose=purpose)
    return _issue(CodeItemRef.decoy(name), Challenge.new(purpose, Address(channel, "", ""), client.locale), counted)


def count_request(client: Client) -> CountedRequest:
    """Count a request against its client before its address is looked up, in the untrusted lane.

    Raises: Throttled, aws.Failed (it may be counted).
    """
    return client_items.count_request(client.bucket, Lane.UNTRUSTED, secrets.token_bytes(16))


def _count(client: Client, lane: Lane, challenge: Challenge) -> CountedRequest:
    return client_items.count_request(client.bucket, lane, challenge.hash)  # the id itself is erased with its challenge


def _issue(ref: CodeItemRef, challenge: Challenge, counted: CountedRequest, writes: Sequence[Write] = ()) -> IssuedChallenge:
    try:
        code_items.replace_challenge(ref, challenge, writes)
    except (Throttled, DeviceEnded):
        _refund_request(counted)  # nothing is sent, so its client is not charged
        raise
    audit.count("requested", lane=ref.lane)
    text = challenges.encode(ref.item_key, challenge.purpose, challenge.id)
    resend_at = challenge.requested_at + settings.service().resend_throttle_seconds
    return IssuedChallenge(text, challenge.expires_at, resend_at, challenge.address)


def _refund_request(counted: CountedRequest) -> None:
    """Best effort: one more that stays counted is the safe side."""
    try:
        client_items.refund_request(counted)
    except aws.Failed:
        audit.note(refund="failed")


def verify_code(purpose: Purpose, address: Address, attempt: CodeAttempt) -> Proof | Repeat:
    """Count the attempt, then compare it in constant time.

    Of any number of concurrent wrong attempts, at most OTP_MAX_ATTEMPTS with the challenge and as many without are compared, and over
    all codes of the address as many as its window has room for. The same key and code are one attempt, however often they come.
    Raises: WrongCode (wrong, expired, used, used up and unknown alike), Throttled, aws.Failed.
    """
    audit.note(purpose=purpose, address=address)
    if attempt.challenge is None:
        return lanes.in_lane(attempt.client, address, lambda ref: _verify(ref, None, purpose, attempt, address))
    return _verify_challenge(attempt.challenge, purpose, attempt, address)


def verify_challenge(purpose: Purpose, attempt: CodeAttempt) -> Proof | Repeat:
    """The same for an attempt that comes with its challenge and without the address."""
    audit.note(purpose=purpose)
    return _verify_challenge(attempt.challenge or "", purpose, attempt, None)


def _verify_challenge(challenge: str, purpose: Purpose, attempt: CodeAttempt, address: Address | None) -> Proof | Repeat:
    try:
        ref, challenge_id = lanes.of_challenge(challenge, purpose, address)
    except WrongCode as wrong:
        attempts.count_wrong_code(wrong, purpose, Lane.UNTRUSTED, attempt.client)
        raise
    return _verify(ref, challenge_id, purpose, attempt, address)


def _verify(
    ref: CodeItemRef, challenge_id: bytes | None, purpose: Purpose, attempt: CodeAttempt, address: Address | None
) -> Proof | Repeat:
    audit.note(lane=ref.lane)
    row = _row(ref, challenge_id, purpose, attempt)
    try:
        return _compare(row, attempt, attempts.count(row), address)
    except WrongCode as wrong:
        attempts.count_wrong_code(wrong, purpose, ref.lane, attempt.client)
        raise


def _row(ref: CodeItemRef, challenge_id: bytes | None, purpose: Purpose, attempt: CodeAttempt) -> AttemptRow:
    """The attempt's row. Its id comes from the Idempotency-Key and the code, so that repeating the call is the same attempt."""
    secret_keys.derivation_key_version()  # read before anything is counted: without it no code could be compared
    if attempt.key is None:
        return AttemptRow(purpose, ref, challenge_id, secrets.token_hex(8), None)
    index_key = secret_keys.index_key()  # never rotates, unlike the derivation key
    attempt_id = ids.hmac_sha256(index_key, "attempt", attempt.key, attempt.code).hex()[:16]
    key_hash = ids.hmac_sha256(index_key, "idempotency-key", attempt.key, ref.item_key, purpose)[:_KEY_HASH_BYTES]
    return AttemptRow(purpose, ref, challenge_id, attempt_id, key_hash)


def _compare(row: AttemptRow, attempt: CodeAttempt, counted: Challenge | IdempotencyRecord, address: Address | None) -> Proof | Repeat:
    """Raises: WrongCode."""
    if isinstance(counted, IdempotencyRecord):
        address = address or challenges.address_of(counted.address)
        if not _matches(counted, row.purpose, address, attempt.code):
            idempotency_items.delete(row.ref, row.purpose, counted)
            raise WrongCode("wrong_repeat")
        return Repeat(address, counted, attempt.key)
    audit.note(address=counted.address)
    if not _matches(counted, row.purpose, counted.address, attempt.code):
        raise WrongCode("wrong")
    return Proof(counted.address, counted, row, attempt.key, attempt.client)


def _matches(source: Challenge | IdempotencyRecord, purpose: Purpose, address: Address, code: str) -> bool:
    expected = derive_code(source.nonce, source.derivation_key_version, purpose, address)
    return hmac.compare_digest(expected.encode(), code.encode())
