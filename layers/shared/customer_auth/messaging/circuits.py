"""Whether a sender is broken, as all containers see it: one item a sender, in the codes table.

Ten failures within a minute open a sender's circuit: messages go by the route's next sender. After 30 s one message tries the sender again;
if it is accepted, the circuit is closed, and if not, it stays open for another 30 s.

| attribute | holds |
|---|---|
| pk | circuit#…, the sender's name |
| fail0, fail1, … | when it failed lately, newest first |
| opened_at | since when no message goes by it, or when the last one tried it again |
| expires_at | TTL |
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Item
from customer_auth.base import clock, settings
from customer_auth.base.limits import Limit, Window

READ_SECONDS = 5  # a container reads a circuit at most once in this time
OPEN_SECONDS = 30
_FAILURES = 10
_WINDOW = Window("fail", (Limit(_FAILURES - 1, clock.MINUTE),))  # what no longer fits into it is the tenth


class _Known(NamedTuple):
    """A circuit as this container has read it."""

    opened_at: int | None
    read_at: int


_known: dict[str, _Known] = {}


def unread(senders: Sequence[str]) -> list[str]:
    """Those whose circuits this container has not read lately; a route of one sender needs none, for there is no other."""
    now = clock.now()
    is_old = {name: name not in _known or not 0 <= now - _known[name].read_at < READ_SECONDS for name in senders}
    return [name for name, old in is_old.items() if old] if len(senders) > 1 else []


def key(sender: str) -> tuple[str, Item]:
    """Table and key of a sender's circuit, for a batch read."""
    return settings.resources().codes_table, {"pk": keys.circuit(sender)}


def keep(senders: Iterable[str], items: Iterable[Item | None]) -> None:
    """Remember the circuits that were read."""
    for sender, item in zip(senders, items, strict=True):
        _known[sender] = _Known((item or {}).get("opened_at"), clock.now())


def is_open(sender: str) -> bool:
    """Whether no message may go by this sender, as far as this container knows."""
    opened_at = _opened_at(sender)
    return opened_at is not None and clock.now() < opened_at + OPEN_SECONDS


def is_half_open(sender: str) -> bool:
    """Whether the sender failed until lately, so that one message is to try it."""
    return _opened_at(sender) is not None and not is_open(sender)


def begin_trial(sender: str) -> bool:
    """Whether this message is the one that tries the sender; of any number of concurrent ones, one is. Raises: aws.Failed."""
    seen, now = _opened_at(sender), clock.now()
    values: Item = {":seen": seen, ":now": now, ":expires_at": now + clock.HOUR}
    # nobody else has begun to try it since this container read the circuit
    begun = dynamodb.try_write(
        dynamodb.update(*key(sender), "SET #opened_at = :now, #expires_at = :expires_at", "#opened_at = :seen", values)
    )
    _known[sender] = _Known(now, now)
    return begun


def count_failure(sender: str) -> None:
    """Count a failure; the tenth within a minute opens the circuit. Raises: aws.Failed."""
    now = clock.now()
    values = _WINDOW.values(now) | {":expires_at": now + clock.HOUR}
    # nine failures or fewer within the last minute, with this one
    count = dynamodb.update(*key(sender), f"SET {_WINDOW.update()}, #expires_at = :expires_at", _WINDOW.condition(), values)
    if not dynamodb.try_write(count):
        _open(sender, now)


def _open(sender: str, now: int) -> None:
    # it is not open already, which would make it stay so for longer
    where = "attribute_not_exists(#opened_at) OR #opened_at <= :ended"
    values: Item = {":now": now, ":ended": now - OPEN_SECONDS, ":expires_at": now + clock.HOUR}
    dynamodb.try_write(dynamodb.update(*key(sender), "SET #opened_at = :now, #expires_at = :expires_at", where, values))
    _known[sender] = _Known(now, now)


def close(sender: str) -> None:
    """The sender has accepted the message that tried it. Raises: aws.Failed."""
    # this container's trial is the last
    dynamodb.try_write(dynamodb.delete(*key(sender), "#opened_at = :begun", {":begun": _opened_at(sender)}))
    _known[sender] = _Known(None, clock.now())


def _opened_at(sender: str) -> int | None:
    return _known[sender].opened_at if sender in _known else None


def forget() -> None:
    """Read the circuits again at the next use; for tests."""
    _known.clear()
