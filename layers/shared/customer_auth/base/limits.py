"""Exact rolling rate limits, checked and counted by the same conditional write that they guard.

The item holds the times of the last events as attributes (`send0` is the newest). A write shifts them, on condition that for each limit the
max_events-th newest is older than the limit's period. Nothing is read first, so concurrent writes cannot exceed a limit.
"""

from functools import cache
from typing import Any, NamedTuple

from customer_auth.base import settings
from customer_auth.base.clock import DAY, HOUR, MINUTE

_LOOKUPS_PER_HOUR = 10
# Refused requests of one client that are refunded; whoever is refused more often than this is not merely an impatient person.
_REFUNDS_PER_HOUR = 20
# Nobody needs more of these than a person who changes passwords and addresses all day, so they are not settings.
_NOTIFICATIONS_PER_HOUR = 5
_NOTIFICATIONS_PER_DAY = 15
_PASSWORD_CHANGES_PER_HOUR = 5

QUARTER = 15 * MINUTE

# Older than any period: the time of an event that never happened.
LONG_AGO = 0


class Limit(NamedTuple):
    """At most `max_events` events in any period of `seconds`."""

    max_events: int
    seconds: int


class Window(NamedTuple):
    """The times of the last events, newest first, and the limits on them; at most 60 events, since an expression holds 4 KB."""

    name: str
    limits: tuple[Limit, ...]

    @property
    def length(self) -> int:
        return max(limit.max_events for limit in self.limits)

    def update(self) -> str:
        """The assignments that put this event in front; their right-hand sides refer to the item before the update."""
        return _update(self)

    def condition(self) -> str:
        """The condition that every limit has room: its max_events-th newest event is older than its period."""
        return _condition(self)

    def shift_back(self) -> str:
        """The assignments that remove the newest event again."""
        return _shift_back(self)

    def values(self, now: int) -> dict[str, int]:
        """Exactly the values that `update` and `condition` use together: DynamoDB rejects unused ones."""
        moved = {":long_ago": LONG_AGO} if self.length > 1 else {}
        return {":now": now} | moved | self.condition_values(now)

    def condition_values(self, now: int) -> dict[str, int]:
        """The values that `condition` uses."""
        return {f":now_minus_{limit.seconds}": now - limit.seconds for limit in self.limits}

    def is_full(self, item: dict[str, Any], now: int) -> bool:
        """Whether the limits leave no room for another event, judging by this item."""
        return self.retry_after_seconds(item, now) > 0

    def retry_after_seconds(self, item: dict[str, Any], now: int) -> int:
        """Seconds until there is room for another event; zero or less if there is room now."""
        times = ((int(item.get(f"{self.name}{limit.max_events - 1}", LONG_AGO)), limit.seconds) for limit in self.limits)
        return max(at + seconds - now for at, seconds in times)


@cache
def _update(window: Window) -> str:
    name = window.name
    moves = (f"#{name}{i} = if_not_exists(#{name}{i - 1}, :long_ago)" for i in range(1, window.length))
    return ", ".join([f"#{name}0 = :now", *moves])


@cache
def _shift_back(window: Window) -> str:
    name, last = window.name, window.length - 1
    moves = [f"#{name}{i} = if_not_exists(#{name}{i + 1}, :long_ago)" for i in range(last)]
    return ", ".join([*moves, f"#{name}{last} = :long_ago"])


@cache
def _condition(window: Window) -> str:
    nth = ((f"#{window.name}{limit.max_events - 1}", limit.seconds) for limit in window.limits)
    return " AND ".join(f"(attribute_not_exists({time}) OR {time} <= :now_minus_{seconds})" for time, seconds in nth)


def sends() -> Window:
    """Messages to one address in one lane, for all purposes together."""
    service = settings.service()
    limits = Limit(1, service.resend_throttle_seconds), Limit(service.sends_per_hour, HOUR), Limit(service.sends_per_day, DAY)
    return Window("send", limits)


def notifications() -> Window:
    """Messages without a code to one address, whatever they are about."""
    return Window("notify", (Limit(_NOTIFICATIONS_PER_HOUR, HOUR), Limit(_NOTIFICATIONS_PER_DAY, DAY)))


def code_attempts() -> Window:
    """Code attempts for one address in one lane, for all purposes and with or without a challenge; a correct code removes one again."""
    service = settings.service()
    return Window("fail", (Limit(service.failures_per_hour, HOUR), Limit(service.failures_per_day, DAY)))


def client_code_failures() -> Window | None:
    """Codes of one client that were refused; None if the operator has turned the limit off."""
    count = settings.service().ip_code_failures_per_quarter_hour
    return Window("code_fail", (Limit(count, QUARTER),)) if count else None


def client_lookups() -> Window:
    """Phone numbers that one client looks up."""
    return Window("lookup", (Limit(_LOOKUPS_PER_HOUR, HOUR),))


def password_attempts() -> Window:
    """Passwords entered for one address in one lane, or old passwords entered by one customer; a correct one is removed again."""
    service = settings.service()
    return Window("pass", (Limit(service.password_failures_per_quarter_hour, QUARTER), Limit(service.password_failures_per_day, DAY)))


def password_changes() -> Window:
    """Changes of one customer's password, each of which sends a message."""
    return Window("change", (Limit(_PASSWORD_CHANGES_PER_HOUR, HOUR),))


def client_password_attempts() -> Window | None:
    """Passwords entered by one client; None if the operator has turned the limit off."""
    count = settings.service().ip_password_failures_per_quarter_hour
    return Window("ip_pass", (Limit(count, QUARTER),)) if count else None


def client_registrations() -> Window | None:
    """Registrations by one client, whose responses reveal whether an address is taken; None if the operator has turned the limit off."""
    count = settings.service().ip_registrations_per_hour
    return Window("reg", (Limit(count, HOUR),)) if count else None


def client_sends() -> Window | None:
    """Messages requested by one client in one lane; None if the operator has turned the limit off."""
    count = settings.service().ip_sends_per_hour
    return Window("ip", (Limit(count, HOUR),)) if count else None


def client_refunds() -> Window:
    """Requests of one client in one lane that were refunded, because the address's own limit refused them."""
    return Window("refund", (Limit(_REFUNDS_PER_HOUR, HOUR),))
