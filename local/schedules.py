"""When a schedule is due: EventBridge's rate and cron expressions, as far as the template uses them; others are refused.

Source: EventBridge user guide, "Setting a schedule pattern for scheduled rules".
"""

import itertools
import re
from typing import NamedTuple

MINUTE_SECONDS = 60
UNITS_SECONDS = {"minute": MINUTE_SECONDS, "hour": 3_600, "day": 86_400}
RATE = re.compile(r"rate\(([1-9][0-9]*) (minute|hour|day)(s?)\)")
CRON = re.compile(r"cron\((\S+) (\S+) (?:\* \* \?|\? \* \*) \*\)")  # on every day of every year


class ScheduleError(Exception):
    """An expression that is not supported; the message is one line."""


class Rate(NamedTuple):
    """Repeatedly, at this interval in seconds."""

    seconds: int

    def next_after(self, at: float, *, began_at: float) -> float:
        """The next time after `at`, in epoch seconds; the first one is an interval after the schedule began."""
        return began_at + ((at - began_at) // self.seconds + 1) * self.seconds


class Cron(NamedTuple):
    """At these times of each day, in UTC; None means every one."""

    minute: int | None
    hour: int | None

    def next_after(self, at: float, *, began_at: float) -> float:  # noqa: ARG002 (as Rate's)
        """The next time after `at`, in epoch seconds."""
        minutes = itertools.count(int(at // MINUTE_SECONDS) + 1)
        return float(next(minute for minute in minutes if self._fits(minute)) * MINUTE_SECONDS)

    def _fits(self, minute: int) -> bool:
        return self.minute in (None, minute % 60) and self.hour in (None, minute // 60 % 24)


type Schedule = Rate | Cron


def parse(expression: str) -> Schedule:
    """Parse `rate(…)` or `cron(…)`. Raises: ScheduleError."""
    if rate := RATE.fullmatch(expression):
        count, unit, plural = int(rate[1]), rate[2], rate[3]
        if (count == 1) != (not plural):
            raise ScheduleError(f"{expression}: EventBridge takes {unit} for 1, {unit}s for more")
        return Rate(count * UNITS_SECONDS[unit])
    if cron := CRON.fullmatch(expression):
        return Cron(_field(expression, cron[1], 60), _field(expression, cron[2], 24))
    raise ScheduleError(f"{expression}: the local stack knows rate(5 minutes) and the like, and cron(minute hour * * ? *)")


def _field(expression: str, text: str, end: int) -> int | None:
    if text == "*":
        return None
    if not re.fullmatch("[0-9]{1,2}", text) or int(text) >= end:
        raise ScheduleError(f"{expression}: {text} must be a number from 0 to {end - 1}, or *")
    return int(text)
