"""Summaries of the ledger: one for each hour, in the ledger's table, with the figures of each region and sender.

| attribute | holds |
|---|---|
| pk, sk | costs#month, day and hour in UTC |
| figures | `region/sender` to its `Figures`, as a list |
| as_of | when its rows began to be read |
| expires_at | TTL: 400 days after the hour, so that a month can be compared with the year before |
"""

from datetime import datetime

from customer_auth.aws import dynamodb, keys, queries
from customer_auth.base import clock, settings
from customer_auth.ledger.figures import CostGroup, Figures

_LIFE_SECONDS = 400 * clock.DAY
_BEFORE_ALL, _AFTER_ALL = "0", "4"  # days of a month are from 01 to 31


def put(hour_at: int, figures: dict[CostGroup, Figures], as_of: int) -> bool:
    """Store the summary of the hour that begins at `hour_at`, in place of one whose rows were read earlier.

    False if those of the present one were read later. Raises: aws.Failed.
    """
    month, hour = keys.summary(hour_at)
    item = {
        "pk": month,
        "sk": hour,
        "figures": {f"{group.region}/{group.sender}": list(each) for group, each in figures.items()},
        "as_of": as_of,
        "expires_at": hour_at + _LIFE_SECONDS,
    }
    where = "attribute_not_exists(#as_of) OR #as_of <= :as_of"  # there is none · or not a later one
    return dynamodb.try_write(dynamodb.put(settings.resources().ledger_table, item, where, {":as_of": as_of}))


def find_hours(first_at: int, last_at: int) -> set[int]:
    """The beginnings of the hours from the first to the last, in two months at most, that have a summary. Raises: aws.Failed."""
    table, (first_month, first), (last_month, last) = settings.resources().ledger_table, keys.summary(first_at), keys.summary(last_at)
    is_one_month = first_month == last_month
    pages = [
        *queries.partition_pages(table, first_month, names=("pk", "sk"), between=(first, last if is_one_month else _AFTER_ALL)),
        *queries.partition_pages(table, last_month, names=("pk", "sk"), between=(first if is_one_month else _BEFORE_ALL, last)),
    ]
    return {_hour_at(item["pk"], item["sk"]) for page in pages for item in page}


def find_month(month: str) -> list[dict[CostGroup, Figures]]:
    """The figures of each hour of a month, like 2026-11. Raises: aws.Failed."""
    items = queries.partition(settings.resources().ledger_table, keys.summaries(month))
    return [{CostGroup(*name.split("/")): Figures(*each) for name, each in item["figures"].items()} for item in items]


def _hour_at(pk: str, sk: str) -> int:
    """The beginning of the hour that a summary is of, by its key."""
    return int(datetime.fromisoformat(f"{pk.partition('#')[2]}-{sk}:00:00Z").timestamp())
