"""Tries of a code, in the code item of its address (see `code_items`): each is spent before anything is compared."""

from typing import NamedTuple

from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, ids, limits, settings
from customer_auth.base.errors import Throttled, WrongCode
from customer_auth.otp import code_items, devices, idempotency_items
from customer_auth.otp.challenges import CodeItemRef, Purpose
from customer_auth.otp.idempotency_items import IdempotencyRecord


class AttemptRow(NamedTuple):
    """One try: of which purpose, in which item, bound to a challenge's id or not, by which attempt, with which keyed hash of a key."""

    purpose: Purpose
    ref: CodeItemRef
    challenge_id: bytes | None
    attempt_id: str
    key_hash: bytes | None

    @property
    def map(self) -> str:
        return "unbound" if self.challenge_id is None else "bound"

    @property
    def counts(self) -> bool:
        """Whether it fills the address's window, and heeds it: nobody guesses the 256 bits of a reset's token."""
        return self.purpose is not Purpose.RESET


def count_attempt(row: AttemptRow) -> Item | IdempotencyRecord:
    """Spend one try before anything is compared; answers the pending challenge, or the kept record that this call repeats.

    Of any number at once, at most OTP_MAX_ATTEMPTS of each kind get a challenge to compare with, and over all codes of the address as
    many as its window has room for, beside the first of each code that comes with its challenge: else a stranger's wrong tries would
    lock the owner's new device out for a day. The same attempt again is spent once.
    Raises: WrongCode; Throttled; DeviceEnded; aws.Failed (it may be spent).
    """
    now = clock.now()
    write = _count_bound(row, now) if row.challenge_id is not None else _count_unbound(row, now)
    try:
        item = dynamodb.write(write)
    except dynamodb.ConditionFailed as failed:
        return _instead(row, failed.item, now)
    challenge: Item = item[row.purpose]
    return challenge


def _count_bound(row: AttemptRow, now: int) -> Write:
    where = (
        "#p.#id = :id"  # this very challenge is still there
        " AND #p.#expires_at > :now"  # it lives
        " AND size(#p.#bound) < :most"  # a try is left
        " AND attribute_not_exists(#p.#bound.#attempt)"  # this attempt is new
    )
    values: Item = {":now": now, ":attempted": "attempted", ":id": row.challenge_id, ":most": settings.service().otp_max_attempts}
    assignments = "#p.#bound.#attempt = :now, #event = :attempted"
    if row.counts:
        window = limits.failures()
        where += f" AND (({window.condition()}) OR size(#p.#bound) < :one)"  # the window has room, or this code's first try with it
        values |= window.values(now) | {":one": 1}
        assignments += f", {window.update()}"
    names = {"p": row.purpose, "attempt": row.attempt_id}
    return dynamodb.update(*code_items.key(row.ref.item_key), f"SET {assignments}", where, values, names)


def _count_unbound(row: AttemptRow, now: int) -> Write:
    window = limits.failures()
    where = code_items.and_device(
        "attribute_exists(#p.#id) AND #p.#expires_at > :now"  # some challenge is pending and lives
        " AND size(#p.#unbound) < :most"  # a try is left
        " AND attribute_not_exists(#p.#unbound.#attempt)"  # this attempt is new
        f" AND {window.condition()}",  # the address's window has room
        row.ref,
    )
    values: Item = window.values(now) | code_items.device_value(row.ref)
    if row.key_hash:  # no record is kept for this key
        where += " AND (attribute_not_exists(#done) OR #done.#key_hash <> :key_hash OR #done.#at <= :kept_since)"
        values |= {":key_hash": row.key_hash, ":kept_since": now - idempotency_items.REPEAT_SECONDS}
    return dynamodb.update(
        *code_items.key(row.ref.item_key),
        f"SET #p.#unbound.#attempt = :now, #event = :attempted, {window.update()}",
        where=where,
        values=values | {":attempted": "attempted", ":most": settings.service().otp_max_attempts},
        names={"p": row.purpose, "done": idempotency_items.attribute(row.purpose), "attempt": row.attempt_id},
    )


def _instead(row: AttemptRow, item: Item, now: int) -> Item | IdempotencyRecord:
    """What a try that was not spent means: a repeat of what is done, this very try again, a full window, else one of many wrong codes.

    A full window is told before anything that depends on a pending code, so that nobody learns by it whether somebody is signing in.
    """
    code_items.insist_on_device(row.ref, item)
    record = idempotency_items.find(row.purpose, item)
    if record and _repeats(row, record, now):
        return record
    challenge: Item = item.get(row.purpose, {})
    is_named = bool(challenge) and row.challenge_id in (None, challenge["id"])
    if is_named and challenge["expires_at"] > now and row.attempt_id in challenge[row.map]:
        return challenge  # this very try, whose answer was lost or whose caller repeats it
    window = limits.failures()
    if row.counts and window.is_full(item, now):
        raise Throttled(window.retry_after_seconds(item, now), "failures")
    if record and row.challenge_id is not None and ids.sha256(row.challenge_id) == record.challenge_hash:
        raise WrongCode("used", counts=False)
    if not is_named:
        raise WrongCode("unknown_challenge")
    raise WrongCode("expired" if challenge["expires_at"] <= now else "spent")


def _repeats(row: AttemptRow, record: IdempotencyRecord, now: int) -> bool:
    if row.key_hash is None or record.key_hash != row.key_hash or record.at <= now - idempotency_items.REPEAT_SECONDS:
        return False
    return row.challenge_id is None or ids.sha256(row.challenge_id) == record.challenge_hash


def refund_attempt(row: AttemptRow) -> None:
    """Take the try of a right code that opened nothing out again, from its map and its window. Raises: aws.Failed."""
    _take_out(row, f"#p.#{row.map}.#attempt", {"p": row.purpose})


def refund_failure(row: AttemptRow) -> None:
    """Take this try out of the window again, once, though another has used the code meanwhile. Raises: aws.Failed."""
    _take_out(row, "#tries.#attempt", {"tries": _attempts(row.purpose, row.map)})


def _take_out(row: AttemptRow, path: str, names: dict[str, str]) -> None:
    back = f", {limits.failures().shift_back()}" if row.counts else ""
    write = dynamodb.update(
        *code_items.key(row.ref.item_key),
        f"SET #event = :refund{back} REMOVE {path}",
        where=f"attribute_exists({path})",
        values={":refund": "refund"} | ({":long_ago": limits.LONG_AGO} if back else {}),
        names=names | {"attempt": row.attempt_id},
    )
    dynamodb.try_write(write)  # else it was taken out already, or the challenge is gone


def consume(row: AttemptRow, challenge: Item, record: IdempotencyRecord, *, ends_devices: bool = False) -> Write:
    """The part of a transaction that uses the challenge up, once, and keeps what came of it; `ends_devices` as the function does."""
    assignments = "#done = :done, #bound_attempts = #p.#bound, #unbound_attempts = #p.#unbound, #event = :used"
    values: Item = {":done": record.item(), ":used": "used"}
    if row.counts:
        assignments, values = f"{assignments}, {limits.failures().shift_back()}", values | {":long_ago": limits.LONG_AGO}
    if ends_devices:
        assignments = f"{assignments}, #devices_since = :since, #expires_at = :expires_at"
        values |= {":since": record.at, ":expires_at": record.at + devices.LIFE_SECONDS}
    return dynamodb.update(
        *code_items.key(row.ref.item_key),
        f"SET {assignments} REMOVE #p",
        where="#p.#id = :id",
        values=values | {":id": challenge["id"]},
        names={"p": row.purpose, "done": idempotency_items.attribute(row.purpose)}
        | {f"{kind}_attempts": _attempts(row.purpose, kind) for kind in ("bound", "unbound")},
    )


def _attempts(purpose: Purpose, kind: str) -> str:
    return f"attempts_{purpose}_{kind}"
