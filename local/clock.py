"""The local stack's clock: the system's, which can be moved forward by hand; functions, queues and faults follow it."""

import threading
import time
from datetime import UTC, datetime


class Clock:
    def __init__(self, offset_seconds: float = 0) -> None:
        self._offset_seconds = offset_seconds
        self._lock = threading.Lock()

    @property
    def offset_seconds(self) -> float:
        """How far the clock is ahead of the system's."""
        return self._offset_seconds

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._offset_seconds

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        with self._lock:
            self._offset_seconds += seconds

    def iso(self) -> str:
        """The current time, like 2026-01-31T09:30:00.250Z."""
        return datetime.fromtimestamp(self.now(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
