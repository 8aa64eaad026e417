"""CPU of a warm phone sign-in as Lambda runs it, beside the floor of what it cannot do without, and where it goes.

Both are measured in alternating rounds of one run, so the ratio means something on a noisy machine, where milliseconds do not.
"""

import contextlib
import io
import os
import statistics
import time
from collections.abc import Callable

from benchmarks import floor, stages, warm
from benchmarks.floor import Floor
from benchmarks.phone_sign_in import SETTINGS, PhoneSignIn, known
from benchmarks.stages import REST, Stages
from local.template import Template

SIGN_INS = 100
ROUNDS = 15
MOST = 1.6  # times the floor


class Stopwatch:
    """CPU seconds spent inside what it wraps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def around[**P, R](self, act: Callable[P, R]) -> Callable[P, R]:
        """The same, timed."""

        def timed(*args: P.args, **kwargs: P.kwargs) -> R:
            started = time.thread_time()
            try:
                return act(*args, **kwargs)
            finally:
                self.seconds += time.thread_time() - started

        return timed

    def milliseconds(self, act: Callable[[], None], times: int) -> float:
        """Of one run of `act`, of so many."""
        self.seconds = 0.0
        for _ in range(times):
            act()
        return self.seconds * 1000 / times


def main() -> None:
    """Measure and print."""
    with warm.container(known, **SETTINGS) as template, contextlib.redirect_stdout(io.StringIO()):
        rounds = _rounds(template)
        shares = _shares(template)
    ours, lowest = ([each[nth] for each in rounds] for nth in (0, 1))
    print(f"CPU of a warm phone sign-in (ask and verify), {ROUNDS} alternating rounds of {SIGN_INS}: median, quartiles")
    print(f"  a sign-in, ms      {quartiles(ours)}")
    print(f"  the floor, ms      {quartiles(lowest)}")
    print(f"  ratio              {quartiles([one / other for one, other in rounds])}   at most {MOST} wanted")
    print("Where it goes, without the timers' own share")
    for stage, share in shares.items():
        print(f"  {stage:18} {share:5.0%}")


def quartiles(figures: list[float]) -> str:
    """The median, and between which the middle half lies."""
    low, middle, high = statistics.quantiles(figures, n=4)
    return f"{middle:5.2f} ({low:.2f}–{high:.2f})"


def _rounds(template: Template) -> list[tuple[float, float]]:
    """Milliseconds of a sign-in and of the floor, by rounds."""
    watch = Stopwatch()
    sign_in = PhoneSignIn(template, watch.around)
    sign_in.once()  # warm: secrets, keyring, connections
    with floor.recorded() as requests:
        sign_in.once()
    lowest = Floor(os.environ["AWS_ENDPOINT_URL"], requests, sign_in.events, sign_in.answers)
    lowest_run = watch.around(lowest.once)
    return [(watch.milliseconds(sign_in.once, SIGN_INS), watch.milliseconds(lowest_run, SIGN_INS)) for _ in range(ROUNDS)]


def _shares(template: Template) -> dict[str, float]:
    """Each stage's part of the whole."""
    listening = Stages()
    sign_in = PhoneSignIn(template, lambda run: listening.around(REST, run))
    sign_in.once()
    with listening.listening():
        listening.seconds.clear()
        for _ in range(SIGN_INS):
            sign_in.once()
    names = dict.fromkeys([*(stage for stage, _, _ in stages.FUNCTIONS), REST])
    return {name: listening.seconds[name] / sum(listening.seconds.values()) for name in names}
