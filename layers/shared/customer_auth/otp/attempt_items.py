"""Attempts to enter a code, in the code item of their address (see `code_items`)."""

from typing import NamedTuple

from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import limits, settings
from customer_auth.otp import devices, idempotency_items
from customer_auth.otp.challenges import Challenge
from customer_auth.otp.idempotency_items import IdempotencyRecord
from customer_auth.otp.lanes import CodeItemRef
from customer_auth.otp.purposes import Purpose


class AttemptRef(NamedTuple):
    """One attempt as its code item counts it: its purpose and item, the challenge's id if it came with one, its own id.

    `key_hash` is the keyed hash of the caller's Idempotency-Key, for this item and purpose.
    """

    purpose: Purpose
    code_item: CodeItemRef
    challenge_id: bytes | None
    attempt_id: str
    key_hash: bytes | None

    @property
    def attempts_map(self) -> str:
        """`bound`: attempts with the challenge; `unbound`: for the address alone. Each allows OTP_MAX_ATTEMPTS."""
        return "unbound" if self.challenge_id is None else "bound"

    @property
    def fills_window(self) -> bool:
        """Whether it counts in the address's window, and is limited by it: nobody guesses the 256 bits of a reset token."""
        return self.purpose is not Purpose.RESET


def count_attempt(ref: AttemptRef, now: int) -> Challenge:
    """Count the attempt by one write, before anything is compared; returns the challenge to compare with.

    Of any number of concurrent attempts, at most OTP_MAX_ATTEMPTS of each kind are counted, and over all codes of the address as many as
    its window has room for. The first attempt with each challenge passes even a full window; otherwise a stranger's wrong attempts would
    lock the owner's new device out for a day. One attempt, repeated, is counted once.
    Raises: dynamodb.ConditionFailed (not counted; `attempts` says what it means); aws.Failed (it may be counted).
    """
    write = _count_bound(ref, now) if ref.challenge_id is not None else _count_unbound(ref, now)
    return Challenge.of_item(ref.purpose, dynamodb.write_and_read(write, ref.purpose))


def _count_bound(ref: AttemptRef, now: int) -> Write:
    where = (
        "#p.#id = :id"  # this very challenge is still pending
        " AND #p.#expires_at > :now"  # it has not expired
        " AND size(#p.#bound) < :max"  # an attempt is left
        " AND attribute_not_exists(#p.#bound.#attempt)"  # this attempt is new
    )
    values: Item = {":now": now, ":attempted": "attempted", ":id": ref.challenge_id, ":max": settings.service().otp_max_attempts}
    assignments = "#p.#bound.#attempt = :now, #event = :attempted"
    if ref.fills_window:
        window = limits.code_attempts()
        where += f" AND (({window.condition()}) OR size(#p.#bound) < :one)"  # the window has room, or this is the code's first attempt
        values |= window.values(now) | {":one": 1}
        assignments += f", {window.update()}"
    return dynamodb.update(*ref.code_item.key, f"SET {assignments}", where, values, {"p": ref.purpose, "attempt": ref.attempt_id})


def _count_unbound(ref: AttemptRef, now: int) -> Write:
    window = limits.code_attempts()
    where = (
        "attribute_exists(#p.#id) AND #p.#expires_at > :now"  # a challenge is pending and has not expired
        " AND size(#p.#unbound) < :max"  # an attempt is left
        " AND attribute_not_exists(#p.#unbound.#attempt)"  # this attempt is new
        f" AND {window.condition()}"  # the address's window has room
        f"{ref.code_item.device_condition}"  # the device that chose the lane has not ended
    )
    values: Item = window.values(now) | ref.code_item.device_value
    if ref.key_hash:  # this key has not redeemed a code already
        where += " AND (attribute_not_exists(#done) OR #done.#key_hash <> :key_hash OR #done.#at <= :kept_since)"
        values |= {":key_hash": ref.key_hash, ":kept_since": now - idempotency_items.REPEAT_SECONDS}
    return dynamodb.update(
        *ref.code_item.key,
        f"SET #p.#unbound.#attempt = :now, #event = :attempted, {window.update()}",
        where=where,
        values=values | {":attempted": "attempted", ":max": settings.service().otp_max_attempts},
        names={"p": ref.purpose, "done": idempotency_items.attribute(ref.purpose), "attempt": ref.attempt_id},
    )


def refund_attempt(ref: AttemptRef) -> None:
    """Take the attempt of a right code that opened nothing out of its map and its window. Raises: aws.Failed."""
    _take_out(ref, f"#p.#{ref.attempts_map}.#attempt", {"p": ref.purpose})


def refund_repeat(ref: AttemptRef) -> None:
    """Take the attempt out of the window, once, after another call has used the code. Raises: aws.Failed."""
    _take_out(ref, "#attempts.#attempt", {"attempts": _used_attempts(ref.purpose, ref.attempts_map)})


def _take_out(ref: AttemptRef, path: str, names: dict[str, str]) -> None:
    shift = f", {limits.code_attempts().shift_back()}" if ref.fills_window else ""
    write = dynamodb.update(
        *ref.code_item.key,
        f"SET #event = :refunded{shift} REMOVE {path}",
        where=f"attribute_exists({path})",
        values={":refunded": "refunded"} | ({":long_ago": limits.LONG_AGO} if shift else {}),
        names=names | {"attempt": ref.attempt_id},
    )
    dynamodb.try_write(write)  # otherwise it was refunded already, or the challenge is gone


def consume(ref: AttemptRef, challenge: Challenge, record: IdempotencyRecord, *, ends_devices: bool = False) -> Write:
    """The part of a transaction that uses the challenge up, once, and keeps the record of what it led to.

    With `ends_devices`, no device that was issued before counts for the address whose trusted lane this is (`code_items.end_devices`).
    """
    assignments = "#done = :done, #bound_attempts = #p.#bound, #unbound_attempts = #p.#unbound, #event = :used"
    values: Item = {":done": record.item(), ":used": f"used:{ref.purpose}"}
    if ref.fills_window:
        assignments, values = f"{assignments}, {limits.code_attempts().shift_back()}", values | {":long_ago": limits.LONG_AGO}
    if ends_devices:
        assignments = f"{assignments}, #devices_since = :since, #expires_at = :expires_at"
        values |= {":since": record.at, ":expires_at": record.at + devices.LIFE_SECONDS}
    return dynamodb.update(
        *ref.code_item.key,
        f"SET {assignments} REMOVE #p",
        where="#p.#id = :id",
        values=values | {":id": challenge.id},
        names={"p": ref.purpose, "done": idempotency_items.attribute(ref.purpose)}
        | {f"{kind}_attempts": _used_attempts(ref.purpose, kind) for kind in ("bound", "unbound")},
    )


def _used_attempts(purpose: Purpose, kind: str) -> str:
    return f"attempts_{purpose}_{kind}"
