"""Exact rolling windows, checked and counted by the one conditional write that does what they guard.

The times of the last events are attributes of the item (`send0` the newest). The write shifts them and holds on condition that the
most-th newest has left each limit's stretch: no read, no bucket, nothing that concurrency could pass.
"""

from functools import cache
from typing import Any, NamedTuple

from customer_auth.base import settings
from customer_auth.base.clock import DAY, HOUR, MINUTE

_LOOKUPS_PER_HOUR = 10
# More asks than these of one client are not given back: who is refused so often is no person who was impatient.
_ASKS_GIVEN_BACK_PER_HOUR = 20
# A person who changes passwords and addresses all day has a handful of them; the figures are fixed, for nobody has a reason to raise them.
_NOTIFICATIONS_PER_HOUR = 5
_NOTIFICATIONS_PER_DAY = 15
_PASSWORD_CHANGES_PER_HOUR = 5

QUARTER = 15 * MINUTE

# Older than any stretch: the time of an event that never was.
LONG_AGO = 0


class Limit(NamedTuple):
    """At most `most` events in any stretch of `seconds`."""

    most: int
    seconds: int


class Window(NamedTuple):
    """The times of the last events, newest first, and the limits that they keep. At most 60: an expression holds 4 KB."""

    name: str
    limits: tuple[Limit, ...]

    @property
    def length(self) -> int:
        return max(limit.most for limit in self.limits)

    def update(self) -> str:
        """The assignments that put this event in front; the right-hand sides are the item as it was."""
        return _update(self)

    def condition(self) -> str:
        """Each limit has room: its count-th newest event has left its stretch."""
        return _condition(self)

    def shift_back(self) -> str:
        """The assignments that take the newest event out again."""
        moves = [f"#{self.name}{i} = if_not_exists(#{self.name}{i + 1}, :long_ago)" for i in range(self.length - 1)]
        return ", ".join([*moves, f"#{self.name}{self.length - 1} = :long_ago"])

    def values(self, now: int) -> dict[str, int]:
        """The values of `update` and `condition` together, and no other: DynamoDB refuses what is not used."""
        moved = {":long_ago": LONG_AGO} if self.length > 1 else {}
        return {":now": now} | moved | self.periods(now)

    def periods(self, now: int) -> dict[str, int]:
        """The values of `condition` alone."""
        return {f":now_minus_{limit.seconds}": now - limit.seconds for limit in self.limits}

    def is_full(self, item: dict[str, Any], now: int) -> bool:
        """Whether no more fits, by what the item was."""
        return self.retry_after_seconds(item, now) > 0

    def retry_after_seconds(self, item: dict[str, Any], now: int) -> int:
        """Until one more fits; not above zero where one fits now."""
        times = ((int(item.get(f"{self.name}{limit.most - 1}", LONG_AGO)), limit.seconds) for limit in self.limits)
        return max(at + seconds - now for at, seconds in times)


@cache
def _update(window: Window) -> str:
    name = window.name
    moves = (f"#{name}{i} = if_not_exists(#{name}{i - 1}, :long_ago)" for i in range(1, window.length))
    return ", ".join([f"#{name}0 = :now", *moves])


@cache
def _condition(window: Window) -> str:
    nth = ((f"#{window.name}{limit.most - 1}", limit.seconds) for limit in window.limits)
    return " AND ".join(f"(attribute_not_exists({time}) OR {time} <= :now_minus_{seconds})" for time, seconds in nth)


def sends() -> Window:
    """Messages to one address in one lane, over all purposes."""
    given = settings.service()
    return Window("send", (Limit(1, given.resend_throttle_seconds), Limit(given.sends_per_hour, HOUR), Limit(given.sends_per_day, DAY)))


def notifications() -> Window:
    """Messages without a code to one address, whatever they tell of."""
    return Window("notify", (Limit(_NOTIFICATIONS_PER_HOUR, HOUR), Limit(_NOTIFICATIONS_PER_DAY, DAY)))


def failures() -> Window:
    """Tries for one address in one lane, over all purposes, with a challenge or without; a right code takes one out again."""
    given = settings.service()
    return Window("fail", (Limit(given.failures_per_hour, HOUR), Limit(given.failures_per_day, DAY)))


def client_code_failures() -> Window | None:
    """Codes of one client that were refused; None where the operator turned it off."""
    count = settings.service().ip_code_failures_per_quarter_hour
    return Window("code_fail", (Limit(count, QUARTER),)) if count else None


def client_lookups() -> Window:
    """Numbers that one client looks up; whoever needs more is no shopper."""
    return Window("lookup", (Limit(_LOOKUPS_PER_HOUR, HOUR),))


def password_attempts() -> Window:
    """Passwords tried for one address in one lane, or old ones by one customer; a right one is taken out again."""
    given = settings.service()
    return Window("pass", (Limit(given.password_failures_per_quarter_hour, QUARTER), Limit(given.password_failures_per_day, DAY)))


def password_changes() -> Window:
    """Changes of one customer's password: each is told by a message."""
    return Window("change", (Limit(_PASSWORD_CHANGES_PER_HOUR, HOUR),))


def client_password_attempts() -> Window | None:
    """Passwords tried by one client; None where the operator turned it off."""
    count = settings.service().ip_password_failures_per_quarter_hour
    return Window("ip_pass", (Limit(count, QUARTER),)) if count else None


def client_registrations() -> Window | None:
    """Registrations by one client, whose answers tell whether an address is taken; None where the operator turned it off."""
    count = settings.service().ip_registrations_per_hour
    return Window("reg", (Limit(count, HOUR),)) if count else None


def client_sends() -> Window | None:
    """Messages asked for by one client in one lane; None where the operator turned it off."""
    count = settings.service().ip_sends_per_hour
    return Window("ip", (Limit(count, HOUR),)) if count else None


def client_refunds() -> Window:
    """Asks of one client in one lane that were given back, for their address's own window refused them."""
    return Window("refund", (Limit(_ASKS_GIVEN_BACK_PER_HOUR, HOUR),))
