"""Concurrent calls, with a count of those under way at one moment: threads on few cores mostly take turns."""

import contextlib
import contextvars
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

MOST_THREADS = 100


class Overlap:
    """How many were under way at one moment, at most."""

    def __init__(self):
        self._lock = threading.Lock()
        self._now = self.most = 0

    def reset(self) -> None:
        """Nothing is under way."""
        self._now = self.most = 0

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """One of them, while this lasts."""
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            yield
        finally:
            with self._lock:
                self._now -= 1


REQUESTS = Overlap()  # to AWS, each from its first byte to its answer's last
overlaps: dict[str, str] = {}  # by test: how many really ran concurrently


def at_once(count: int, act: Callable) -> list:
    """The answers of `count` calls of `act(i)`, in as many threads, or in a hundred that never rest; all begin together.

    At least two must have been under way at one moment: requests to AWS, or where the test makes none, calls.
    """
    contexts = [contextvars.copy_context() for _ in range(count)]
    threads = min(count, MOST_THREADS)
    start, calls = threading.Barrier(threads), Overlap()
    REQUESTS.reset()

    def begin(i: int):
        if i < threads:
            start.wait()
        with calls.one():
            return contexts[i].run(act, i)

    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(begin, range(count)))
    most, what = (REQUESTS.most, "requests") if REQUESTS.most else (calls.most, "calls")
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0].rpartition("::")[2]
    overlaps[test] = f"{most} of {count} {what}"
    assert most > 1, "they came one after the other"
    return answers
