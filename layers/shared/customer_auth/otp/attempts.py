"""Which attempts to enter a code are compared at all (NIST SP 800-63B-4 §3.1.3, OWASP ASVS 6.5).

Every attempt is counted before it is compared: in the challenge, in the window of its address and lane, and if it is wrong, in the
window of its client.
"""

from collections.abc import Sequence

from customer_auth import audit, aws
from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item
from customer_auth.aws.keys import Lane
from customer_auth.base import clock, limits
from customer_auth.base.client import Client
from customer_auth.base.errors import Throttled, WrongCode
from customer_auth.otp import attempt_items, challenges, client_items, idempotency_items
from customer_auth.otp.attempt_items import AttemptRow
from customer_auth.otp.challenges import Challenge
from customer_auth.otp.idempotency_items import REPEAT_SECONDS, IdempotencyRecord
from customer_auth.otp.purposes import Purpose


def count(row: AttemptRow) -> Challenge | IdempotencyRecord:
    """Count the attempt; answers the challenge to compare it with, or the record of the call that it repeats.

    Raises: WrongCode (expired, used up, used and unknown alike); Throttled; DeviceEnded; aws.Failed (it may be counted).
    """
    now = clock.now()
    try:
        return attempt_items.count_attempt(row, now)
    except dynamodb.ConditionFailed as failed:
        return _not_counted(row, failed.item, now)


def _not_counted(row: AttemptRow, item: Item, now: int) -> Challenge | IdempotencyRecord:
    """What it means that the code item refused the attempt. The order of these checks decides what a caller learns.

    A full window is reported before anything that depends on a pending code, so that nobody learns from it whether somebody is signing
    in. Only the caller's own repetition comes first, which has proven to know the code or its key.
    """
    row.ref.check_device(item)
    record = idempotency_items.find(row.purpose, item)
    challenge_hash = challenges.hash_of(row.challenge_id) if row.challenge_id is not None else None
    if record and record.at > now - REPEAT_SECONDS and record.is_repeated_by(key_hash=row.key_hash, challenge_hash=challenge_hash):
        return record
    pending: Item = item.get(row.purpose, {})
    is_pending = bool(pending) and row.challenge_id in (None, pending["id"])
    if is_pending and pending["expires_at"] > now and row.attempt_id in pending[row.map]:
        return Challenge.of_item(row.purpose, pending)  # this very attempt, whose response was lost or whose caller repeats it
    window = limits.failures()
    if row.fills_window and window.is_full(item, now):
        raise Throttled(window.retry_after_seconds(item, now), "failures")
    if record and challenge_hash == record.challenge_hash:
        raise WrongCode("used", counts=False)
    if not is_pending:
        raise WrongCode("unknown_challenge")
    raise WrongCode("expired" if pending["expires_at"] <= now else "spent")


def count_wrong_code(wrong: WrongCode, purpose: Purpose, lane: Lane, client: Client) -> None:
    """Count a wrong code against its client. Trusted devices are not counted, nor are resets, whose tokens nobody guesses.

    Repeating a used code guesses nothing: it is not counted, but a client whose window is full gets the same response as for any other.
    Raises: Throttled (the window is full), aws.Failed.
    """
    if not _is_limited(purpose, lane):
        return
    if wrong.counts:
        client_items.count_code_failure(client.bucket)
    else:
        read_for_right_code(purpose, lane, client, [])


def read_for_right_code(purpose: Purpose, lane: Lane, client: Client, keys: Sequence[tuple[str, Item]]) -> list[Item | None]:
    """The items under these keys, and in the same read, whether the client of this right code has entered too many wrong ones.

    Then the code opens nothing, its attempt stays counted like a wrong one's, and the response is theirs, after as many requests.
    Raises: Throttled, Unavailable, aws.Failed.
    """
    failures = client_items.code_failures_key(client.bucket) if _is_limited(purpose, lane) else None
    wanted = [*keys, *([failures] if failures else ())]
    items = dynamodb.batch_get(wanted) if wanted else []
    if failures:
        client_items.check_code_failures(items.pop())
    return items


def _is_limited(purpose: Purpose, lane: Lane) -> bool:
    return lane is not Lane.TRUSTED and purpose is not Purpose.RESET


def refund(row: AttemptRow) -> None:
    """Take the attempt of a right code that opened nothing out again. Best effort: one more that stays counted is the safe side."""
    try:
        attempt_items.refund_attempt(row)
    except aws.Failed:
        audit.note(refund="failed")


def refund_repeat(row: AttemptRow) -> None:
    """The code was right, and another call has used it: repeating it counts nowhere. Best effort."""
    try:
        attempt_items.refund_failure(row)
    except aws.Failed:
        audit.note(refund="failed")
