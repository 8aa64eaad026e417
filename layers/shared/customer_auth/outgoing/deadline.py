"""How long a call may wait for providers: a bound for each request, and one for all requests of the call together."""

import time

_EACH_SECONDS = 5.0
_ALL_SECONDS = 12.0


class Deadline:
    """Starts now. The end of a request is the nearer of its own and the call's."""

    def __init__(self, *, each_seconds: float = _EACH_SECONDS, all_seconds: float = _ALL_SECONDS) -> None:
        self._each_seconds = each_seconds
        self._ends_at = time.monotonic() + all_seconds

    def next_request(self) -> float:
        """When a request that begins now must be complete, by the monotonic clock."""
        return min(time.monotonic() + self._each_seconds, self._ends_at)
