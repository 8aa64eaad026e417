"""Another server's sign-in beside ours, in alternating rounds, whatever that server is: its driver says how.

The driver is a command that reads lines and answers each by one: `start` (start the server and what it needs, sign somebody up) by `ready`
and the ids of the processes whose CPU counts; `flow` (one sign-in, from asking for the code to the token) by `done`; `stop` by `stopped`.
The database, the sender and the driver itself are other processes, so what they cost is in no figure, as DynamoDB is not in ours.
"""

import contextlib
import io
import shlex
import subprocess
import time
from collections.abc import Iterator

from benchmarks import warm
from benchmarks.phone_sign_in import SETTINGS, PhoneSignIn, known
from benchmarks.sign_in import Stopwatch, quartiles

FLOWS = 50
ROUNDS = 15


class Driver:
    """A driver whose server is there."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._clocks = [_cpu_clock(int(pid)) for pid in self._told("start", "ready")]

    def flow(self) -> None:
        """One sign-in."""
        self._told("flow", "done")

    def stop(self) -> None:
        """End the server."""
        self._told("stop", "stopped")

    def cpu_seconds(self) -> float:
        """Of the server's processes, since they started."""
        return sum(time.clock_gettime(clock) for clock in self._clocks)

    def _told(self, line: str, expected: str) -> list[str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended: then it answers nothing
            self._process.stdin.write(f"{line}\n".encode())
        told = self._process.stdout.readline().decode().split()
        if told[:1] != [expected]:
            raise ValueError(f"the driver answered {line!r} by {' '.join(told)!r} instead of {expected!r}")
        return told[1:]


@contextlib.contextmanager
def started(command: str) -> Iterator[Driver]:
    """A driver by its command; without more to read it is to end, and its server with it."""
    pipes = subprocess.PIPE
    with subprocess.Popen(shlex.split(command), stdin=pipes, stdout=pipes, bufsize=0) as process:  # noqa: S603 (the operator's own)
        driver = Driver(process)
        yield driver
        driver.stop()


def main(command: str = "") -> None:
    """Measure and print."""
    if not command:
        print("Another server beside ours: make bench ARGS='compare \"command of its driver\"' (docs/performance.md)")
        return
    with warm.container(known, **SETTINGS) as template, contextlib.redirect_stdout(io.StringIO()), started(command) as driver:
        watch = Stopwatch()
        sign_in = PhoneSignIn(template, watch.around)
        sign_in.once()  # warm
        driver.flow()
        rounds = [(watch.milliseconds(sign_in.once, FLOWS), _milliseconds(driver)) for _ in range(ROUNDS)]
    print(f"CPU of a sign-in that ends in a token, {ROUNDS} alternating rounds of {FLOWS}: median, quartiles")
    print(f"  ours, ms           {quartiles([ours for ours, _ in rounds])}")
    print(f"  theirs, ms         {quartiles([theirs for _, theirs in rounds])}")
    print(f"  ours ÷ theirs      {quartiles([ours / theirs for ours, theirs in rounds])}")


def _milliseconds(driver: Driver) -> float:
    """Of one of the server's sign-ins, of a round."""
    before = driver.cpu_seconds()
    for _ in range(FLOWS):
        driver.flow()
    return (driver.cpu_seconds() - before) * 1000 / FLOWS


def _cpu_clock(pid: int) -> int:
    """The clock of all that a process's threads have used: `clock_getcpuclockid` of Linux."""
    return ~pid << 3 | 2
