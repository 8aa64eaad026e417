"""Many at once."""

import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

MOST_THREADS = 100


def at_once(count: int, act: Callable) -> list:
    """The answers of `count` calls of `act(i)`, in as many threads, or in a hundred that never rest."""
    contexts = [contextvars.copy_context() for _ in range(count)]
    with ThreadPoolExecutor(min(count, MOST_THREADS)) as pool:
        return list(pool.map(lambda i: contexts[i].run(act, i), range(count)))
