"""Fires the template's schedules when the local stack's clock reaches their times, by itself or when it is moved by hand.

A clock that is moved stops at least once a day on its way. At each stop every schedule that fell due fires once, and its effects are
processed, so that consecutive events (a reminder, then a deletion; a key, then its successor) happen in order.
"""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from local.clock import Clock
from local.events import Event, schedule_event
from local.pool import Broken, Pool
from local.schedules import Schedule, ScheduleError, parse
from local.template import Template
from local.triggers import ScheduleTrigger

DAY_SECONDS = 86_400
LONGEST_STEPPED_SECONDS = 400 * DAY_SECONDS  # a longer move is made in one step
LOOK_SECONDS = 1.0  # how often to look at the clock, which may be moved during a wait


class Stopping(Exception):
    """The stack is stopping, and the clock has not been moved all the way."""


class Job(NamedTuple):
    """One schedule of one function."""

    function: str
    trigger: ScheduleTrigger
    schedule: Schedule


class Fired(NamedTuple):
    """When the schedules began, and until when all due ones have fired, by the stack's clock."""

    began_at: float
    until: float


def jobs_of(template: Template) -> list[Job]:
    """Every schedule, in the template's order. Raises: ScheduleError, with the function's name."""
    return [Job(name, trigger, _parsed(name, trigger)) for name, each in template.functions.items() for trigger in each.schedules]


def event_of(function: str, trigger: ScheduleTrigger, at: float) -> Event:
    """The event that the function receives when its schedule fires."""
    event: Event = json.loads(trigger.payload) if trigger.payload else schedule_event(function + trigger.name, at)
    return event


def steps(seconds: float) -> Iterator[float]:
    """The steps in which the clock is moved by this many seconds."""
    if seconds > LONGEST_STEPPED_SECONDS:
        yield seconds
        return
    days, rest = divmod(seconds, DAY_SECONDS)
    yield from [DAY_SECONDS] * int(days)
    if rest or not days:
        yield rest


class Scheduler:
    """One stack's schedules. `work_off` waits until streams and queues hold nothing that is due; `keep` saves clock and `fired`.

    `fired` is what the last run saved: schedules that fell due since then fire once when this run starts.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        work_off: Callable[[], None],
        keep: Callable[[], None],
        stopping: threading.Event,
        fired: Fired | None = None,
    ) -> None:
        self.fired = fired or Fired(clock.now(), clock.now())
        self._clock = clock
        self._work_off = work_off
        self._keep = keep
        self._stopping = stopping
        self._lock = threading.Lock()  # either somebody moves the clock or time passes by itself, never both at once
        self._jobs: list[Job] = []
        self._pools: Mapping[str, Pool] = {}

    def start(self, jobs: list[Job], pools: Mapping[str, Pool]) -> None:
        """Start to fire these schedules."""
        self._jobs, self._pools = jobs, pools
        if jobs:
            threading.Thread(target=self._run, daemon=True, name="schedules").start()

    def advance(self, seconds: float) -> None:
        """Move the clock and fire the schedules that fall due on the way. Raises: Stopping."""
        with self._lock:
            self._work_off()
            for step in steps(seconds):
                self._clock.advance(step)
                self._keep()  # before anything fires: a run that dies here continues from here
                self._fire()
                self._work_off()
                if self._stopping.is_set():
                    raise Stopping

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self._lock:
                self._fire()
            next_at = min(map(self._next_time, self._jobs))
            self._stopping.wait(min(max(next_at - self._clock.now(), 0), LOOK_SECONDS))

    def _next_time(self, job: Job) -> float:
        return job.schedule.next_after(self.fired.until, began_at=self.fired.began_at)

    def _fire(self) -> None:
        """Run each schedule that fell due since the last time once; a failed run counts as fired, and its pool reports it."""
        now = self._clock.now()
        due = [job for job in self._jobs if self._next_time(job) <= now]
        for job in due:
            with contextlib.suppress(Broken):
                self._pools[job.function].invoke(event_of(job.function, job.trigger, now))
            if self._stopping.is_set():
                return  # it may have been interrupted, so it counts as not fired, and the next run fires it again
        self.fired = self.fired._replace(until=now)
        if due:
            self._keep()


def _parsed(function: str, trigger: ScheduleTrigger) -> Schedule:
    try:
        return parse(trigger.expression)
    except ScheduleError as error:
        raise ScheduleError(f"{function}: {error}") from None
