"""Schedules fire when the clock reaches their times, by itself or at the stops of a clock that is moved."""

import json
import threading
import time
from pathlib import Path

import pytest

from local.clock import Clock
from local.scheduler import Fired, Job, Scheduler, Stopping, event_of, jobs_of, steps
from local.schedules import ScheduleError, parse
from local.template import Template
from local.triggers import ScheduleTrigger

pytestmark = pytest.mark.enable_socket  # workers are forked over a Unix socket
SHOP = Path(__file__).with_name("shop.yaml")
DAY, HOUR, MINUTE = 86_400, 3_600, 60
APP = """
    import json, os, time
    def handler(event, context):
        with open(os.environ["SEEN"], "a") as file:
            file.write(json.dumps(event) + "\\n")
        time.sleep(float(os.environ["SECONDS"]))
        if os.environ["FAILS"]:
            raise RuntimeError("asked to")
"""


class Stack:
    """What a scheduler works with, and a log of what happened: `kept` with the clock, `fired`, `worked off`."""

    def __init__(self, function, file, stopping, offset_seconds=0.0):
        self.function, self.file, self.stopping = function, file, stopping
        self.clock = Clock(offset_seconds)
        self.events = []
        self.scheduler = None

    def schedule(self, *expressions, fired=None, seconds=0, fails="", waits=True):
        """Start these schedules; with `waits` they fire only by `advance`."""
        self.scheduler = Scheduler(
            self.clock,
            work_off=lambda: self.events.append("worked off"),
            keep=lambda: self.events.append(("kept", round((self.scheduler.fired.until - time.time()) / HOUR) * HOUR)),
            stopping=self.stopping,
            fired=fired,
        )
        triggers = [ScheduleTrigger(f"S{number}", each, None) for number, each in enumerate(expressions)]
        pool = self.function(APP, SEEN=str(self.file), SECONDS=str(seconds), FAILS=fails)
        jobs = [Job("Ship", each, parse(each.expression)) for each in triggers]
        if waits:
            self.scheduler._jobs, self.scheduler._pools = jobs, {"Ship": pool}
        else:
            self.scheduler.start(jobs, {"Ship": pool})
        return pool

    def fired(self):
        """The schedules that fired, by the last letter of their rules, with the times of their events."""
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        events = [json.loads(line) for line in lines]
        return [(event["resources"][0][-2:], event["time"]) for event in events]


@pytest.fixture
def stack(function, tmp_path, stopping):
    return Stack(function, tmp_path / "seen", stopping)


def wait_for(ask, seconds=10):
    ends_at = time.monotonic() + seconds
    while not (answer := ask()) and time.monotonic() < ends_at:
        time.sleep(0.02)
    return answer


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, [0]),
        (90, [90]),
        (DAY, [DAY]),
        (DAY + 0.5, [DAY, 0.5]),
        (35 * DAY, [DAY] * 35),
        (400 * DAY, [DAY] * 400),
        (400 * DAY + 1, [400 * DAY + 1]),
    ],
)
def test_the_clock_moves_in_steps_of_at_most_a_day_and_over_long_spans_in_one(seconds, expected):
    assert list(steps(seconds)) == expected


def test_each_schedule_fires_once_at_each_stop_however_often_it_fell_due(stack):
    stack.schedule("cron(0 * * * ? *)", "rate(1 minute)", "rate(2 days)")

    stack.scheduler.advance(3 * DAY)

    assert [rule for rule, _ in stack.fired()] == ["S0", "S1", "S0", "S1", "S2", "S0", "S1"]


def test_a_schedule_that_was_not_due_does_not_fire(stack):
    stack.schedule("rate(2 hours)")

    for _ in range(3):
        stack.scheduler.advance(HOUR - 1)

    assert len(stack.fired()) == 1


def test_the_event_has_the_time_at_which_the_schedule_fires(stack):
    stack.schedule("rate(1 hour)")
    before = stack.clock.now() + DAY

    stack.scheduler.advance(DAY)

    [(_, time_)] = stack.fired()
    assert 0 <= stack.clock.now() - before < 10
    assert time_.endswith("Z")


def test_waiting_items_are_worked_off_before_the_first_step_and_after_each_firing(stack):
    stack.schedule("rate(1 day)")

    stack.scheduler.advance(2 * DAY)

    assert stack.events == ["worked off", ("kept", 0), ("kept", DAY), "worked off", ("kept", DAY), ("kept", 2 * DAY), "worked off"]


def test_a_function_that_fails_is_reported_and_delays_no_other(stack, failures):
    stack.schedule("rate(1 day)", "rate(1 day)", fails="yes")

    stack.scheduler.advance(DAY)

    assert len(stack.fired()) == 2
    assert [failure.message for _, failure in failures] == ["asked to", "asked to"]


def test_concurrent_moves_happen_one_after_the_other(stack):
    stack.schedule("rate(1 day)")
    threads = [threading.Thread(target=stack.scheduler.advance, args=(DAY,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(stack.fired()) == 4
    assert stack.events[::4] == ["worked off"] * 4


def test_a_schedule_fires_by_itself_when_it_is_due_and_not_before(stack):
    stack.clock.advance(MINUTE - stack.clock.now() % MINUTE + MINUTE - 1)  # a second before a full minute
    stack.schedule("cron(* * * * ? *)", waits=False)

    assert stack.fired() == []
    [(_, time_)] = wait_for(stack.fired)
    assert time_.endswith(":00Z")


def test_a_time_that_passed_while_the_stack_was_off_fires_once_at_its_start(stack):
    now = stack.clock.now()
    stack.schedule("rate(1 hour)", fired=Fired(began_at=now - 5 * DAY, until=now - 2 * DAY), waits=False)

    assert wait_for(stack.fired)
    time.sleep(0.3)
    assert len(stack.fired()) == 1


def test_a_period_continues_where_it_was_before_the_stack_was_off(stack):
    now = stack.clock.now()
    stack.schedule("rate(1 hour)", fired=Fired(began_at=now - HOUR + 1, until=now - MINUTE), waits=False)

    assert stack.fired() == []
    assert wait_for(stack.fired)


def test_an_interrupted_run_counts_as_not_fired_and_the_clock_stays_where_it_was_saved(stack):
    pool = stack.schedule("rate(1 day)", seconds=30)
    ends = threading.Timer(1, lambda: (stack.stopping.set(), pool.stop()))
    ends.start()
    began = stack.scheduler.fired.until

    with pytest.raises(Stopping):
        stack.scheduler.advance(35 * DAY)

    assert len(stack.fired()) == 1
    assert stack.scheduler.fired.until == began
    assert stack.clock.offset_seconds == DAY


def test_the_service_s_own_schedules_are_known():
    assert {(job.function, type(job.schedule).__name__) for job in jobs_of(Template.of_service())} >= {
        ("ProcessAccountDeletions", "Cron"),
        ("RotateSigningKeys", "Cron"),
    }


def test_an_unknown_schedule_is_refused_with_its_function():
    template = Template.load(SHOP)
    function = template.functions["ShipOrders"]
    other = function.schedules[0]._replace(expression="at(2027-01-01T00:00:00)")
    template.functions["ShipOrders"] = type(function)(**{**vars(function), "triggers": (other,)})

    with pytest.raises(ScheduleError, match=r"^ShipOrders: at\(2027"):
        jobs_of(template)


def test_an_input_in_the_template_replaces_the_schedule_s_event():
    assert event_of("Ship", ScheduleTrigger("S0", "rate(1 day)", '{"all": true}'), 0) == {"all": True}
