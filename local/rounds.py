"""Counts a feeder's rounds, in which it looks at its source, so that others can wait for a round that began after their request."""

import threading
import time


class Rounds:
    """Of one feeder, which looks every so many seconds, or as soon as it is woken; `stopping` ends every wait."""

    def __init__(self, every_seconds: float, stopping: threading.Event) -> None:
        self._every_seconds = every_seconds
        self._stopping = stopping
        self._woken = threading.Event()
        self._changed = threading.Condition()
        self._begun = 0
        self._finished = 0

    def begin(self) -> int:
        """A look begins; answers its number."""
        with self._changed:
            self._begun += 1
            return self._begun

    def finish(self, number: int) -> None:
        """This look has found nothing more."""
        with self._changed:
            self._finished = number
            self._changed.notify_all()

    def rest(self) -> None:
        """Wait until it is time for the next."""
        self._woken.wait(self._every_seconds)
        self._woken.clear()

    def wake(self) -> None:
        """There may be something new."""
        self._woken.set()

    def await_next(self, ends_at: float) -> None:
        """Return when a look that began after this call has found nothing more; at the latest then, by the monotonic clock."""
        with self._changed:
            target = self._begun + 1
            self.wake()
            while self._finished < target and not self._stopping.is_set() and time.monotonic() < ends_at:
                self._changed.wait(0.1)
