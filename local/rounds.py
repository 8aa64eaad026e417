"""Counts a feeder's rounds, in which it looks at its source, so that others can wait for a round that began after their request."""

import threading
import time


class Rounds:
    """The rounds of one feeder, which looks at its source at intervals and when it is woken; `stopping` ends every wait."""

    def __init__(self, every_seconds: float, stopping: threading.Event) -> None:
        self._every_seconds = every_seconds
        self._stopping = stopping
        self._woken = threading.Event()
        self._changed = threading.Condition()
        self._begun = 0
        self._finished = 0

    def begin(self) -> int:
        """Begin a round; returns its number."""
        with self._changed:
            self._begun += 1
            return self._begun

    def finish(self, number: int) -> None:
        """End a round, which has found nothing more."""
        with self._changed:
            self._finished = number
            self._changed.notify_all()

    def rest(self) -> None:
        """Wait until it is time for the next round."""
        self._woken.wait(self._every_seconds)
        self._woken.clear()

    def wake(self) -> None:
        """Start a round at once, because there may be something new."""
        self._woken.set()

    def await_next(self, ends_at: float) -> None:
        """Wait until a round that begins after this call has ended, but not longer than until `ends_at` on the monotonic clock."""
        with self._changed:
            target = self._begun + 1
            self.wake()
            while self._finished < target and not self._stopping.is_set() and time.monotonic() < ends_at:
                self._changed.wait(0.1)
