"""What messages cost: each hour of the ledger is added up once its codes can be used no longer, and again when reports came late.

A summary replaces the one before as a whole, so a run may be repeated, or overlap another. An hour that a run has missed is added up by the
next one.
"""

from itertools import groupby
from typing import NamedTuple

from customer_auth.aws import keys
from customer_auth.base import clock
from customer_auth.ledger import figures, ledger_items, summary_items
from customer_auth.ledger.figures import CostGroup, Figures

# How many hours ago an hour began when it is added up: its codes have ended and are recorded; a record that failed has left the stream,
# which keeps it for a day; and a provider's last report has come, which takes 72 hours at most (AWS End User Messaging).
AGES = (2, 25, 74)
_MICRO = 1_000_000


class Line(NamedTuple):
    """A line of a report; `usd` is None if a price is not known, `usd_per_verified` also if no code was used."""

    region: str
    sender: str
    requested: int
    sent: int
    delivered: int
    verified: int
    usd: float | None
    usd_per_verified: float | None


def aggregate(at: int) -> int:
    """Add up the hours that are due at this time; returns how many rows were read. Raises: aws.Failed."""
    begun = at - at % clock.HOUR
    youngest, *_, oldest = (begun - age * clock.HOUR for age in AGES)
    present = summary_items.find_hours(oldest, youngest)
    missed = {hour for hour in range(oldest, youngest + 1, clock.HOUR) if hour not in present}
    due = sorted(missed | {begun - age * clock.HOUR for age in AGES})
    return sum(_aggregate_hours([*hours]) for _, hours in groupby(due, lambda hour: hour // clock.DAY))


def _aggregate_hours(hours: list[int]) -> int:
    """Add up these hours of one day, which are read together; returns how many rows they have."""
    as_of, count = clock.now(), 0
    sums: dict[int, dict[CostGroup, Figures]] = {hour: {} for hour in hours}
    for shard in range(keys.LEDGER_SHARDS):
        for page in ledger_items.hour_pages(hours[0], hours[-1], shard):
            for hour, rows in groupby(page, ledger_items.hour_of):
                if hour in sums:  # one between them need not be due
                    parts = [*map(figures.of_row, rows)]
                    sums[hour], count = figures.add([sums[hour], *parts]), count + len(parts)
    for hour in hours:
        if sums[hour]:  # one without rows is looked at again by each run, which reads its day anyway
            summary_items.put(hour, sums[hour], as_of)
    return count


def report(month: str) -> list[Line]:
    """The lines of a month, like 2026-11, by region and sender: of its hours that were added up. Raises: aws.Failed."""
    sums = figures.add(summary_items.find_month(month))
    return [_line(group, sums[group]) for group in sorted(sums)]


def _line(group: CostGroup, sums: Figures) -> Line:
    usd = None if sums.micro_usd is None else sums.micro_usd / _MICRO
    per_verified = None if usd is None or not sums.verified else round(usd / sums.verified, 6)
    return Line(group.region, group.sender, sums.requested, sums.sent, sums.delivered, sums.verified, usd, per_verified)
