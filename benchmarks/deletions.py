"""Thousands of account deletions, and the administrators' list over as many rows, on DynamoDB Local beside a local stack.

`make dynamodb-local` installs the engine. Nothing is faked: customers with two addresses and three sessions are erased, receipts are signed
and messages are sent.
"""

import contextlib
import importlib
import io
import itertools
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import warm
from benchmarks.warm import ROOT, Handler
from local.events import http_event, schedule_event
from local.template import Template
from tools import stack

LOOKS = (500, 2_500, 5_000, 10_000)  # numbers of deletions after which memory is measured
SEEDED_AT_ONCE = 500
LEAST_A_SECOND = 20
LEFT_SECONDS = 60
ROWS = (1_000, 100_000)
CALLS = 30
LIST = "/admin/account-deletion-requests"
VIEWS = {"of one state, at offset 0": ("status=completed", 3), "of all, at offset 0": ("", 6)}
ADMIN = "+12125550100"
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class _Context:
    """Lambda's context, with the remaining time."""

    def __init__(self, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self.ends_at - time.monotonic()) * 1000)


def main() -> None:
    """Measure and print."""
    template = Template.of_service()
    engines = importlib.import_module("tests.harness.engines")
    with engines.dynamodb_local() as url, stack.started("--dynamodb", url, "--set", "IP_SENDS_PER_HOUR=0") as running:
        environments = running.environments()
        os.environ |= environments["ListDeletionRequests"] | environments["ProcessAccountDeletions"]
        sys.path.insert(0, str(ROOT / "layers" / "shared"))
        with contextlib.redirect_stdout(io.StringIO()):
            process, show = (warm.handler(template, name) for name in ("ProcessAccountDeletions", "ListDeletionRequests"))
        _erase(process)
        _list(show, running)


def _erase(process: Handler) -> None:
    from benchmarks import leavers  # noqa: PLC0415 (after the settings are there)

    numbers = itertools.count(step=SEEDED_AT_ONCE)
    print(f"Deletions of customers with two addresses and three sessions; {LEAST_A_SECOND} a second wanted")
    print(f"  {'deletions':>9}{'a second':>10}{'memory, MB':>12}")
    completed, seconds = 0, 0.0
    while completed < LOOKS[-1]:
        leavers.put(SEEDED_AT_ONCE, due_at=int(time.time()), first=next(numbers))
        took, result = _run(process, 900)
        assert (result["completed"], result["left"]) == (SEEDED_AT_ONCE, False), result
        completed, seconds = completed + SEEDED_AT_ONCE, seconds + took
        if completed in LOOKS:
            print(f"  {completed:9}{completed / seconds:10.1f}{_resident_mb():12.1f}", flush=True)
    for _ in range(LOOKS[-1] // SEEDED_AT_ONCE):
        leavers.put(SEEDED_AT_ONCE, due_at=int(time.time()), first=next(numbers))
    took, result = _run(process, LEFT_SECONDS)
    print(f"  with {LEFT_SECONDS} s left and {LOOKS[-1]} due: {result['completed']} done in {took:.0f} s, left over: {result['left']}")
    took, rest = _run(process, 900)
    print(
        f"  the next run: {rest['completed']}; together {result['completed'] + rest['completed']} of {LOOKS[-1]}, failed: {rest['failed']}"
    )


def _run(process: Handler, seconds: float) -> tuple[float, dict[str, Any]]:
    started = time.monotonic()
    with contextlib.redirect_stdout(io.StringIO()):
        result = process(schedule_event("hourly"), _Context(seconds))
    return time.monotonic() - started, result


def _list(show: Handler, running: stack.Stack) -> None:
    from benchmarks import leavers  # noqa: PLC0415 (as above)

    token = _admin(running)
    print("A page of 20 of the administrators' list: AWS requests, and milliseconds by the clock, median of", CALLS)
    there = 0
    for rows in ROWS:
        leavers.put_ended(rows - there, at=int(time.time()) - 86_400)
        there = rows
        for name, (query, limit) in VIEWS.items():
            with _counted() as calls:
                took = [_timed(lambda query=query: _ask(show, token, query)) for _ in range(CALLS)]  # type: ignore[misc]
            print(
                f"  {rows:7} more rows, {name:26}{calls.total() / CALLS:4.1f} (at most {limit}){statistics.median(took):8.1f}", flush=True
            )


def _admin(running: stack.Stack) -> str:
    from customer_auth.addresses import phone  # noqa: PLC0415 (as above)
    from customer_auth.flows import admins  # noqa: PLC0415 (as above)

    path = "/api/v1/auth/customer/register"
    response = running.ask(f"{path}/request-otp", {"phone": ADMIN})
    proof = {"phone": ADMIN, "challenge": response["challenge"], "code": running.code(ADMIN)}
    entered = running.ask(f"{path}/verify-otp", proof | {"first_name": "Ada", "last_name": "Lovelace"})
    assert admins.grant(phone.parse(ADMIN))
    return str(entered["token"])


def _ask(show: Handler, token: str, query: str) -> None:
    answer = show(http_event("GET", LIST, headers={"authorization": f"Bearer {token}"}, query=f"limit=20&{query}"), warm.Context())
    assert answer["statusCode"] == 200, answer


@contextlib.contextmanager
def _counted() -> Iterator[Counter[str]]:
    """Counts the requests to AWS in the block, and suppresses output."""
    from customer_auth import aws  # noqa: PLC0415 (as above)

    counted: Counter[str] = Counter()
    call = aws.call

    def counting(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        counted[operation] += 1
        return call(service, operation, **parameters)

    aws.call = counting
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield counted
    finally:
        aws.call = call


def _timed(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES / 1e6
