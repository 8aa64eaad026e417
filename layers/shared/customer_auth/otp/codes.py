"""One-time codes: asked for by one write, tried by one, derived and never stored (NIST SP 800-63B-4 §3.1.3, OWASP ASVS 6.5).

A code is bound to its purpose, its address and, when sent, its challenge. Whether the address has an account is not looked at here.
"""

import hmac
import secrets
from collections.abc import Callable, Sequence
from typing import NamedTuple

from customer_auth import audit, aws
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import dynamodb, keys, secret_keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.aws.keys import Lane
from customer_auth.base import ids, settings
from customer_auth.base.client import Client
from customer_auth.base.errors import Throttled, WrongCode
from customer_auth.otp import attempt_items, challenges, client_items, code_items, idempotency_items
from customer_auth.otp.attempt_items import AttemptRow
from customer_auth.otp.challenges import Challenge, CodeItemRef, Purpose
from customer_auth.otp.client_items import CountedRequest
from customer_auth.otp.code_items import DeviceEnded
from customer_auth.otp.idempotency_items import IdempotencyRecord


class IssuedChallenge(NamedTuple):
    """A code is on its way, if the address is one that gets any: the challenge, and when it ends and when the next may be asked for."""

    challenge: str
    expires_at: int
    resend_at: int
    address: Address


class CodeAttempt(NamedTuple):
    """What a caller tries: a code, for a challenge or for the address alone, with the key by which it repeats the call."""

    code: str
    challenge: str | None
    key: str | None
    client: Client


class Proof(NamedTuple):
    """A right code: it opens one thing, once. `record` is what it has opened already, when the caller repeats the call.

    `address` is in the spelling that the code was sent to, whatever the try spells.
    """

    purpose: Purpose
    address: Address
    row: AttemptRow
    challenge: Item
    key: str | None
    client: Client
    record: IdempotencyRecord | None = None


def count_request(client: Client) -> CountedRequest:
    """Count an ask against its client before anything is looked up for it: as a stranger's, for whose address it is nobody knows yet.

    Raises: Throttled, aws.Failed (it may have been counted).
    """
    return client_items.count_request(client.bucket, Lane.UNTRUSTED, secrets.token_bytes(16))


def request_code(
    purpose: Purpose,
    address: Address,
    client: Client,
    earlier: str | None = None,
    *,
    bound_to: Item | None = None,
    counted: CountedRequest | None = None,
    by_owner: bool = False,
    along: Callable[[Challenge], Sequence[Write]] = lambda _: (),
) -> IssuedChallenge:
    """Put a new challenge in the place of the last one in the client's lane; the outbox sends its code.

    Of any number of concurrent calls the windows let one through, the others are throttled. `earlier` is the challenge of a code asked
    for before; `bound_to` for whom alone the code opens something; `counted` is what `count` answered, `by_owner` says that who asks is
    signed in as the address's owner, whose lane is that of the known devices. What is `along` is written with the challenge.
    An ask that its address's window refuses is given back to its client's; one whose device has ended counts as a stranger's.
    Raises: WrongCode (`earlier` is not of this address and purpose), Throttled, aws.Failed.
    """
    audit.note(purpose=purpose, address=address)
    if earlier is not None:
        CodeItemRef.named_by(earlier, purpose, address)  # only refuses: the lane is the device's to choose, which may have been ended since
    challenge = Challenge.new(purpose, address, client.locale, bound_to)
    ref = CodeItemRef(keys.code_item_key(address, Lane.TRUSTED), Lane.TRUSTED) if by_owner else code_items.ref_of(client, address)
    try:
        return _put(ref, challenge, counted or _count(client, ref.lane, challenge), along(challenge))
    except DeviceEnded:
        return _put(CodeItemRef.untrusted(address), challenge, _count(client, Lane.UNTRUSTED, challenge), along(challenge))


def request_decoy(purpose: Purpose, channel: Channel, name: str, client: Client, counted: CountedRequest) -> IssuedChallenge:
    """Do what `ask` does with what was counted, for something that is not there: throttled and answered alike, and nothing is sent.

    Raises: Throttled, aws.Failed.
    """
    nowhere = Address(channel, "", "")
    audit.note(purpose=purpose)
    return _put(CodeItemRef.of_nobody(name), Challenge.new(purpose, nowhere, client.locale), counted)


def _count(client: Client, lane: Lane, challenge: Challenge) -> CountedRequest:
    return client_items.count_request(client.bucket, lane, ids.sha256(challenge.id))  # the id itself goes when its challenge does


def _put(ref: CodeItemRef, challenge: Challenge, counted: CountedRequest, along: Sequence[Write] = ()) -> IssuedChallenge:
    try:
        code_items.put_challenge(ref, challenge, along)
    except (Throttled, DeviceEnded):
        _refund_request(counted)
        raise
    audit.count("requested", lane=ref.lane)
    resend_at = challenge.requested_at + settings.service().resend_throttle_seconds
    return IssuedChallenge(challenge.at(ref), challenge.expires_at, resend_at, challenge.address)


def _refund_request(counted: CountedRequest) -> None:
    """The ask sends nothing, so its client keeps the room that it took. Best effort: one more that counts is the safe side."""
    try:
        client_items.refund_request(counted)
    except aws.Failed:
        audit.note(refund="failed")


def verify_code(purpose: Purpose, address: Address, attempt: CodeAttempt) -> Proof:
    """Spend one try, then compare; the proof opens one thing, once.

    Of any number of concurrent wrong tries at most OTP_MAX_ATTEMPTS with the challenge, and as many without, are compared, and over all
    codes of the address as many as its window allows. The same key and code are one try, however often they come. A refused one counts
    against its client.
    Raises: WrongCode (wrong, expired, used, spent and unknown alike), Throttled, aws.Failed.
    """
    audit.note(purpose=purpose, address=address)
    try:
        row = _row_of(purpose, address, attempt)
    except WrongCode as wrong:
        count_wrong_code(wrong, purpose, Lane.UNTRUSTED, attempt.client)
        raise
    try:
        return _verified(row, attempt, address)
    except DeviceEnded:
        return _verified(_at(CodeItemRef.untrusted(address), row, attempt), attempt, address)


def verify_challenge(purpose: Purpose, attempt: CodeAttempt) -> Proof:
    """The same for a challenge that comes without its address; `attempt` has one.

    Raises: WrongCode (wrong, expired, used, spent and unknown alike), Throttled, aws.Failed.
    """
    audit.note(purpose=purpose)
    try:
        ref, challenge_id = CodeItemRef.of_challenge(attempt.challenge or "", purpose)
    except WrongCode as wrong:
        count_wrong_code(wrong, purpose, Lane.UNTRUSTED, attempt.client)
        raise
    return _verified(_at(ref, AttemptRow(purpose, ref, challenge_id, "", None), attempt), attempt, None)


def count_wrong_code(wrong: WrongCode, purpose: Purpose, lane: Lane, client: Client) -> None:
    """Count a refused code against its client. Known devices are not counted, nor are resets, whose tokens nobody guesses.

    A used code's repeat guesses nothing: it is not counted, but a client whose window is full is told no more by it than by any other.
    Raises: Throttled (the window is full), aws.Failed.
    """
    if lane is Lane.TRUSTED or purpose is Purpose.RESET:
        return
    if not wrong.counts:
        read_with_client(purpose, lane, client, [])
    else:
        client_items.count_code_failure(client.bucket)


def read_with_client(purpose: Purpose, lane: Lane, client: Client, places: Sequence[tuple[str, Item]]) -> list[Item | None]:
    """The items at these places, for a right code: in the same read, whether its client has had too many refused.

    Then it opens nothing, its try is spent like a wrong one's, and its answer is theirs, after as many requests as theirs.
    Raises: Throttled, Unavailable, aws.Failed.
    """
    failures = None if lane is Lane.TRUSTED or purpose is Purpose.RESET else client_items.code_failures_key(client.bucket)
    wanted = [*places, *([failures] if failures else ())]
    items = dynamodb.batch_get(wanted) if wanted else []
    if failures:
        client_items.check_code_failures(items.pop())
    return items


def _verified(row: AttemptRow, attempt: CodeAttempt, given: Address | None) -> Proof:
    try:
        return _compared(row, attempt, attempt_items.count_attempt(row), given)
    except WrongCode as wrong:
        count_wrong_code(wrong, row.purpose, row.ref.lane, attempt.client)
        raise


def _compared(row: AttemptRow, attempt: CodeAttempt, found: Item | IdempotencyRecord, given: Address | None) -> Proof:
    if isinstance(found, IdempotencyRecord):
        return _repeated(row, attempt, found, given or challenges.address(found._asdict()))
    address = challenges.address(found)
    audit.note(address=address)
    if not _matches(found["nonce"], found["derivation_key"], row.purpose, address, attempt.code):
        raise WrongCode("wrong")
    return Proof(row.purpose, address, row, found, attempt.key, attempt.client)


def refund_attempt(proof: Proof) -> None:
    """The proof stays unspent, so its try and its window's entry do too. Best effort: a try more spent is the safe side."""
    try:
        attempt_items.refund_attempt(proof.row)
    except aws.Failed:
        audit.note(refund="failed")


def refund_failure(proof: Proof) -> None:
    """The code was right and is used: its repeats without a challenge count nowhere. Best effort."""
    try:
        attempt_items.refund_failure(proof.row)
    except aws.Failed:
        audit.note(refund="failed")


def _row_of(purpose: Purpose, address: Address, attempt: CodeAttempt) -> AttemptRow:
    if attempt.challenge is None:
        row = AttemptRow(purpose, code_items.ref_of(attempt.client, address), None, "", None)
    else:
        ref, challenge_id = CodeItemRef.named_by(attempt.challenge, purpose, address)
        row = AttemptRow(purpose, ref, challenge_id, "", None)
    return _at(row.ref, row, attempt)


def _at(ref: CodeItemRef, row: AttemptRow, attempt: CodeAttempt) -> AttemptRow:
    """The try at this place, with the attempt's name and the key's hash there."""
    audit.note(lane=ref.lane)
    secret_keys.derivation_key_version()  # read in any case: where it cannot be, no try is to be spent
    if attempt.key is None:
        return row._replace(ref=ref, attempt_id=secrets.token_hex(8))
    # By the index key, which never rotates: the same key and code are the same attempt in any case.
    attempt_id = ids.hmac_sha256(secret_keys.index_key(), "attempt", attempt.key, attempt.code).hex()[:16]
    key_hash = ids.hmac_sha256(secret_keys.index_key(), "idempotency-key", attempt.key, ref.item_key, row.purpose)
    return row._replace(ref=ref, attempt_id=attempt_id, key_hash=key_hash)


def _repeated(row: AttemptRow, attempt: CodeAttempt, record: IdempotencyRecord, address: Address) -> Proof:
    if not _matches(record.nonce, record.derivation_key_version, row.purpose, address, attempt.code):
        idempotency_items.delete(row.ref, row.purpose, record)
        raise WrongCode("wrong_repeat")
    return Proof(row.purpose, address, row, {}, attempt.key, attempt.client, record)


def _matches(nonce: bytes, derivation_key_version: int, purpose: Purpose, address: Address, code: str) -> bool:
    """Whether the code is the challenge's own, in constant time."""
    return hmac.compare_digest(challenges.code(nonce, derivation_key_version, purpose, address).encode(), code.encode())
