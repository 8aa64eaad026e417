"""Walks: many steps in any order, drawn by Hypothesis, each walk from empty tables."""

import contextlib
from collections.abc import Callable, Iterator

from hypothesis import HealthCheck, Phase, settings

from customer_auth.tokens import keyring
from tests.harness.keyrings import restored_keyring
from tests.harness.world import Tables

DRAWN = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
    print_blob=False,
)


@contextlib.contextmanager
def beginnings(api) -> Iterator[Callable[[], None]]:
    """Empties the tables and turns the clock back, as often as it is called; afterwards the keyring is as it was."""
    with restored_keyring(api.engine) as keyring_item:
        first = keyring_item.read()

        def begin() -> None:
            Tables(api).empty()
            keyring_item.put(first)
            keyring.forget()
            api.clock.offset = 0.0

        yield begin


def recent(items: list, n: int):
    """The nth from the end, or the first."""
    return items[-1 - n % len(items)]
