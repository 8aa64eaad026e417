"""Prices of messages, for providers that do not say what a message cost: a table kept as data, `prices.json`, with the date it is of.

`usd` maps a sender to the price of one segment, or one email, for each region; `*` is every other region. A region that is missing has no
price, and what was sent there has no cost in a report: a sum with a guess in it would be wrong.
"""

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).with_name("prices.json")
_MICRO = 1_000_000


def as_of() -> str:
    """The day that the table is of."""
    return str(_table()["as_of"])


def micro_usd(sender: str, region: str, segments: int) -> int | None:
    """The price of an SMS of so many segments, or of an email, which has none, in millionths of a US dollar; None if it is not known."""
    by_region = _table()["usd"].get(sender, {})
    price = by_region.get(region, by_region.get("*"))
    return None if price is None else int(Decimal(price) * _MICRO) * max(segments, 1)


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return table
