"""When a request to AWS is made again: how long is waited before it, and whether the invocation has time for it.

Every repeat asks here, for whatever reason it is made, so an invocation always keeps time to give a proof back and to answer.
"""

import math
import random
import time
from contextvars import ContextVar
from typing import Protocol

from customer_auth.aws import connections

# Doubled at each repeat: 100, 200 and 400 ms at most, as the SDK's for DynamoDB.
_PAUSE_SECONDS = 0.05
# An attempt, the one request that follows a failure, and the answer.
_KEPT_SECONDS = 2 * (connections.CONNECT_SECONDS + connections.READ_SECONDS) + 1

_ends_at: ContextVar[float] = ContextVar("ends_at", default=math.inf)


class Context(Protocol):
    """What Lambda tells of an invocation."""

    def get_remaining_time_in_millis(self) -> int:
        """Until it is ended by force."""
        ...


def begin_invocation(context: Context) -> None:
    """From here on nothing is tried again that might not end before this invocation does."""
    _ends_at.set(time.monotonic() + context.get_remaining_time_in_millis() / 1000)


def try_again(attempt: int, *, most: int) -> bool:
    """Whether to go on after the nth attempt has failed; if so, it has waited: longer each time, and with jitter.

    `most` attempts are made in all, fewer where the time is short.
    """
    if attempt >= most:
        return False
    seconds = random.uniform(0.2, 1) * _PAUSE_SECONDS * 2**attempt  # noqa: S311 (jitter, not a secret)
    if time.monotonic() + seconds + _KEPT_SECONDS > _ends_at.get():
        return False
    time.sleep(seconds)
    return True
