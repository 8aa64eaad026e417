"""Delivers one batch of a stream or queue to a function, and reads from the response which items failed, as Lambda does."""

import contextlib
import json
from collections.abc import Sequence
from typing import Any

from local.events import Event
from local.pool import Broken, Pool


def failed_items(pool: Pool, event: Event, ids: Sequence[str], *, reports: bool) -> list[str] | None:
    """Run a batch and return the items that failed, in the order of the batch; None if the whole batch failed.

    With `reports` the function names items in `batchItemFailures`; a name that is not in the batch is a failure of the whole.
    """
    try:
        result = pool.invoke(event)
    except Broken:
        return None
    if not reports:
        return []
    try:
        failures = [str(each["itemIdentifier"]) for each in _failures(result)]
    except (TypeError, KeyError):
        return None
    return [each for each in ids if each in failures] if set(failures) <= set(ids) else None


def _failures(result: str) -> list[dict[str, Any]]:
    answer: Any = None
    with contextlib.suppress(ValueError):
        answer = json.loads(result)
    return (answer.get("batchItemFailures") or []) if isinstance(answer, dict) else []
