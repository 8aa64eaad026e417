"""When a request to AWS is repeated: how long to wait before it, and whether the invocation has time for it.

Every repetition but that of messages (`messaging/outbox`) is decided here, whatever its reason, so that an invocation always keeps enough
time to refund an attempt and to respond.
"""

import math
import random
import time
from contextvars import ContextVar
from typing import Protocol

from customer_auth.aws import connections

# Doubled for each repetition: at most 100, 200 and 400 ms, as in the SDK's settings for DynamoDB.
_BASE_DELAY_SECONDS = 0.05
# One attempt, the one request that follows its failure, and the response.
_RESERVED_SECONDS = 2 * (connections.CONNECT_SECONDS + connections.READ_SECONDS) + 1

_deadline: ContextVar[float] = ContextVar("deadline", default=math.inf)


class Context(Protocol):
    """The context object that Lambda passes to a handler."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation by force."""
        ...


def begin_invocation(context: Context) -> None:
    """From here on, repeat no request that might not finish before this invocation ends."""
    _deadline.set(time.monotonic() + context.get_remaining_time_in_millis() / 1000)


def has_time(seconds: float) -> bool:
    """Whether the invocation lasts for at least this long."""
    return time.monotonic() + seconds <= _deadline.get()


def wait_to_retry(attempt: int, *, max_attempts: int) -> bool:
    """Wait after the nth attempt has failed, longer each time and with jitter, and return whether to try again.

    It returns False without waiting after `max_attempts`, or if the invocation has too little time left.
    """
    if attempt >= max_attempts:
        return False
    seconds = random.uniform(0.2, 1) * _BASE_DELAY_SECONDS * 2**attempt  # noqa: S311 (jitter, not a secret)
    if time.monotonic() + seconds + _RESERVED_SECONDS > _deadline.get():
        return False
    time.sleep(seconds)
    return True
