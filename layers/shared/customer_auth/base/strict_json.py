"""JSON objects in which no name occurs twice: two readers that understand one differently are what RFC 8725 warns of."""

import json
from typing import Any


def json_object(raw: bytes | str) -> dict[str, Any]:
    """The JSON object in `raw`. Raises: ValueError for any other JSON, and if a name occurs twice."""
    try:
        value = json.loads(raw, object_pairs_hook=_unique)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("no object")  # noqa: TRY004 (it is what was sent that is wrong, not our call)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name occurs twice")
    return members
