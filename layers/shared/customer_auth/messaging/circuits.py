"""Whether a sender is broken, as all containers see it.

Ten failures within a minute open a sender's circuit: messages go by the route's next sender. After 30 s one message tries the sender again;
if it is accepted, the circuit is closed, and if not, it stays open for another 30 s. A container reads circuits every 5 s at most.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from customer_auth.aws.dynamodb import Item
from customer_auth.base import clock
from customer_auth.messaging import circuit_items
from customer_auth.messaging.circuit_items import OPEN_SECONDS

READ_SECONDS = 5


class _Known(NamedTuple):
    """A circuit as this container knows it."""

    opened_at: int | None
    since: int


_known: dict[str, _Known] = {}


def unread(senders: Sequence[str]) -> list[str]:
    """Those whose circuits this container has not read lately; a route of one sender needs none, for there is no other."""
    now = clock.now()
    is_old = {name: name not in _known or not 0 <= now - _known[name].since < READ_SECONDS for name in senders}
    return [name for name, old in is_old.items() if old] if len(senders) > 1 else []


def keep(senders: Iterable[str], items: Iterable[Item | None]) -> None:
    """Remember the circuits that were read."""
    for sender, item in zip(senders, items, strict=True):
        _known[sender] = _Known((item or {}).get("opened_at"), clock.now())


def is_open(sender: str) -> bool:
    """Whether no message may go by this sender."""
    opened_at = _opened_at(sender)
    return opened_at is not None and clock.now() < opened_at + OPEN_SECONDS


def may_try(sender: str) -> bool | None:
    """Whether this message is the one that tries a sender again; None if the sender is in order. Raises: aws.Failed."""
    opened_at, now = _opened_at(sender), clock.now()
    if opened_at is None:
        return None
    if is_open(sender):
        return False
    begun = circuit_items.begin_trial(sender, opened_at, now)
    _known[sender] = _Known(now, now)
    return begun


def count_failure(sender: str) -> None:
    """The sender has not taken a message. Raises: aws.Failed."""
    now = clock.now()
    if not is_open(sender) and circuit_items.count_failure(sender, now):
        _known[sender] = _Known(now, now)


def close(sender: str) -> None:
    """The sender has taken the message that tried it. Raises: aws.Failed."""
    begun = _opened_at(sender)
    _known[sender] = _Known(None, clock.now())
    if begun is not None:
        circuit_items.close(sender, begun)


def _opened_at(sender: str) -> int | None:
    return _known[sender].opened_at if sender in _known else None


def forget() -> None:
    """Read the circuits again at the next use; for tests."""
    _known.clear()
