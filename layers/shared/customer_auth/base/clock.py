"""The service's clock: whole seconds since the epoch, UTC. Every expiry is compared with it, never left to a table's TTL."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# The local stack and the tests replace this with a clock of their own.
source: Callable[[], float] = time.time


def now() -> int:
    """The current time in epoch seconds."""
    return int(source())


def iso(at: int) -> str:
    """Epoch seconds as ISO 8601 in UTC, like 2026-01-31T09:30:00Z."""
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None).isoformat() + "Z"
