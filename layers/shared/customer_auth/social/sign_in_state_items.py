"""The pending states of one browser, in the codes table: at most five, newest first; a sixth takes the place of the oldest.

A browser is known by a secret, its binding, which a cookie or the page itself holds. A state is taken by one write before its code is sent
to the provider, so that of any number of calls one is at work. It stays taken, whatever happens, unless that call puts it back because
the provider has not accepted the code.

| attribute | holds |
|---|---|
| pk | binding#…, the hash of the binding |
| state0 … state4 | a map each: the fields of `PendingState`; `done`, what the sign-in led to (`ExchangeRecord`), once it is complete |
| newest_`provider` | the hash of the provider's newest state, for a call that does not bring it |
| taken0 … taken4 | the hashes of the states that were taken, the last one first |
| taken_by, taken_until | which call took the last one, and when that call has ended at the latest |
| expires_at | TTL: when every state has expired, and nobody can repeat a call |
"""

import secrets
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Self

from customer_auth.aws import dynamodb, keys
from customer_auth.aws.conflicts import write_once
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings
from customer_auth.base.errors import Unavailable
from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.social.exchange_records import REPEAT_SECONDS, ExchangeRecord
from customer_auth.social.sign_in_states import PendingState

MAX_PENDING = 5
# A call that takes a state has ended after this time: the function's timeout, and a margin.
_TAKEN_SECONDS = 30
_SLOTS = range(MAX_PENDING)


class TakenState(NamedTuple):
    """A state that this call has taken: nobody else works on it, and it is spent unless the call puts it back."""

    binding: str
    pending: PendingState
    slot: int
    taken_by: bytes

    def as_in(self, item: Item) -> Self:
        """The same state where it is now; another sign-in of the browser has moved it. Raises: WrongProviderProof (it is gone)."""
        slot = _slot_of(self.pending.hash, item)
        if slot is None:
            raise WrongProviderProof("displaced")
        return self._replace(slot=slot)


class CompletedState(NamedTuple):
    """A state whose sign-in is complete."""

    binding: str
    pending: PendingState
    slot: int
    record: ExchangeRecord


def put_pending(binding: str, state: PendingState) -> None:
    """Add a state, by one write. Raises: aws.Failed (it may be added)."""
    shifts = (f"#state{slot} = if_not_exists(#state{slot - 1}, :none)" for slot in _SLOTS[1:])
    write = dynamodb.update(
        *_key(binding),
        f"SET #state0 = :state, {', '.join(shifts)}, #newest = :hash, #expires_at = :expires_at",
        where="NOT (#state0.#hash = :hash)",  # this very state is not there yet
        values={":none": {}, ":state": state._asdict(), ":hash": state.hash, ":expires_at": state.expires_at + REPEAT_SECONDS},
        names=_newest(state.provider),
    )
    write_once(write, lambda item: item["state0"].get("hash") == state.hash)


def take(binding: str, provider: str, state_hash: bytes | None) -> TakenState | CompletedState:
    """Take a pending state, or the provider's newest if the caller names none; of any number of concurrent calls, one does.

    Returns the completed state if its sign-in is complete.
    Raises: WrongProviderProof (unknown, expired or spent), Unavailable (another call is at work on it), aws.Failed.
    """
    taken_by, now = secrets.token_bytes(16), clock.now()
    try:
        item = dynamodb.write_and_read_item(_take(binding, provider, state_hash, taken_by, now))
    except dynamodb.ConditionFailed as failed:
        item = failed.item
    named = state_hash or item.get(f"newest_{provider}", b"")
    slot = _slot_of(named, item)
    stored: Item = {} if slot is None else item[f"state{slot}"]
    if slot is None or stored["provider"] != provider:
        raise WrongProviderProof("state")
    pending = PendingState(**{name: stored[name] for name in PendingState._fields})
    if item.get("taken_by") == taken_by:  # also if the write was repeated after its response was lost
        return TakenState(binding, pending, slot, taken_by)
    if "done" in stored:
        return CompletedState(binding, pending, slot, ExchangeRecord(**stored["done"]))
    if item.get("taken0") == named and item["taken_until"] > now:
        raise Unavailable("state_in_use")
    raise WrongProviderProof("state_spent")


def _take(binding: str, provider: str, state_hash: bytes | None, taken_by: bytes, now: int) -> Write:
    """The update that takes a state, which the expression names by a value, or by the attribute with the provider's newest."""
    state = ":hash" if state_hash else "#newest"
    shifts = (f"#taken{slot} = if_not_exists(#taken{slot - 1}, :nothing)" for slot in _SLOTS[1:])
    is_pending = (
        f"(#state{slot}.#hash = {state} AND #state{slot}.#provider = :provider AND #state{slot}.#expires_at > :now)" for slot in _SLOTS
    )
    is_free = (
        f"NOT (#taken{slot} = {state}) AND NOT (#state{slot}.#hash = {state} AND attribute_exists(#state{slot}.#done))" for slot in _SLOTS
    )
    return dynamodb.update(
        *_key(binding),
        f"SET #taken0 = {state}, {', '.join(shifts)}, #taken_by = :taken_by, #taken_until = :until",
        # it is pending, whichever slot it is in · no call has taken it, and none has completed it
        where=f"({' OR '.join(is_pending)}) AND {' AND '.join(is_free)}",
        values={":nothing": b"", ":provider": provider, ":now": now, ":taken_by": taken_by, ":until": now + _TAKEN_SECONDS}
        | ({":hash": state_hash} if state_hash else {}),
        names=_newest(provider),
    )


def put_back(taken: TakenState) -> None:
    """Let the state be taken again, because the provider has not accepted its code. Raises: aws.Failed."""

    def release(slot: int) -> Write:
        """The states that were taken before move up, so that none of them is forgotten too early."""
        shifts = [f"#taken{each} = if_not_exists(#taken{each + 1}, :nothing)" for each in _SLOTS[slot:-1]]
        sets = ", ".join([*shifts, f"#taken{_SLOTS[-1]} = :nothing"])
        values = {":nothing": b"", ":hash": taken.pending.hash}
        return dynamodb.update(*_key(taken.binding), f"SET {sets}", f"#taken{slot} = :hash", values)

    _write_in_slot(release, 0, partial(_taken_slot_of, taken.pending.hash))


def close(taken: TakenState) -> None:
    """Say that no call is at work on the state any more; it stays taken. Raises: aws.Failed."""
    values = {":taken_by": taken.taken_by, ":now": clock.now()}
    dynamodb.try_write(dynamodb.update(*_key(taken.binding), "SET #taken_until = :now", "#taken_by = :taken_by", values))


def complete(taken: TakenState, record: ExchangeRecord) -> Write:
    """Part of a transaction: the state's sign-in is complete, once."""
    slot = f"#state{taken.slot}"
    # the state is still where it was · its sign-in is not complete yet
    where = f"{slot}.#hash = :hash AND attribute_not_exists({slot}.#done)"
    return dynamodb.update(
        *_key(taken.binding), f"SET {slot}.#done = :done", where, {":hash": taken.pending.hash, ":done": record._asdict()}
    )


def is_completed_by(taken: TakenState, item: Item) -> bool:
    """Whether a raw item shows that this very call has completed the state: its transaction was repeated after a lost response."""
    slot = _slot_of(taken.pending.hash, item)
    return slot is not None and item[f"state{slot}"].get("done", {}).get("taken_by") == taken.taken_by


def forget_record(completed: CompletedState) -> None:
    """Nobody gets this response again: somebody had the key and not the code. Raises: aws.Failed."""

    def forget(slot: int) -> Write:
        done, values = f"#state{slot}.#done", {":hash": completed.pending.hash, ":nothing": b""}
        return dynamodb.update(
            *_key(completed.binding),
            f"SET {done}.#key_hash = :nothing",
            f"#state{slot}.#hash = :hash AND attribute_exists({done})",
            values,
        )

    _write_in_slot(forget, completed.slot, partial(_slot_of, completed.pending.hash))


def _write_in_slot(build: Callable[[int], Write], slot: int, current_slot: Callable[[Item], int | None]) -> None:
    """Write in a slot, or in the one that its content has moved to since it was read."""
    item = write_once(build(slot), lambda _: False)
    moved_to = current_slot(item) if item else None
    if moved_to is not None:
        dynamodb.try_write(build(moved_to))


def _slot_of(state_hash: bytes, item: Item) -> int | None:
    return next((slot for slot in _SLOTS if item.get(f"state{slot}", {}).get("hash") == state_hash), None)


def _taken_slot_of(state_hash: bytes, item: Item) -> int | None:
    return {item.get(f"taken{slot}"): slot for slot in _SLOTS}.get(state_hash)


def _newest(provider: str) -> dict[str, str]:
    return {"newest": f"newest_{provider}"}


def _key(binding: str) -> tuple[str, Item]:
    return settings.resources().codes_table, {"pk": keys.sign_in_states(binding)}
