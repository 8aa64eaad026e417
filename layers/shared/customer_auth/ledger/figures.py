"""What rows of the ledger add up to, by region and sender. Pure arithmetic."""

from collections.abc import Iterable
from typing import NamedTuple

from customer_auth.aws.dynamodb import Item
from customer_auth.ledger import prices
from customer_auth.ledger.ledger_items import MessageState

# The sender of a code that was used and whose sending was never recorded, because its sender died.
UNKNOWN = "unknown"
_ACCEPTED = (MessageState.SENT, MessageState.DELIVERED)


class CostGroup(NamedTuple):
    """What figures are of: a region, empty for emails, and a sender."""

    region: str
    sender: str


class Figures(NamedTuple):
    """Sums. `requested`: rows whose messages this sender was to send; `sent`: messages that it accepted.

    `verified`: rows whose code was used, each at the sender of its last message. `micro_usd` is None if a price is not known.
    """

    requested: int = 0
    sent: int = 0
    delivered: int = 0
    verified: int = 0
    micro_usd: int | None = 0

    def plus(self, other: "Figures") -> "Figures":
        return Figures(
            self.requested + other.requested,
            self.sent + other.sent,
            self.delivered + other.delivered,
            self.verified + other.verified,
            None if self.micro_usd is None or other.micro_usd is None else self.micro_usd + other.micro_usd,
        )


def of_row(row: Item) -> dict[CostGroup, Figures]:
    """What one row counts for."""
    sent = sorted(((name, each) for name, each in row.items() if name.startswith("message_")), key=lambda each: each[1]["at"])
    region, is_verified = row.get("region", ""), int("verified_at" in row)
    figures: dict[CostGroup, Figures] = {}
    for name, message in sent:
        group = CostGroup(region, message["sender"])
        of_message = _of_message(region, message, row.get(name.replace("message_", "report_", 1), {}))
        figures[group] = figures.get(group, Figures(requested=1)).plus(of_message)
    last = _last(sent, region)
    figures[last] = figures.get(last, Figures(requested=1)).plus(Figures(verified=is_verified))
    return figures


def _last(sent: list[tuple[str, Item]], region: str) -> CostGroup:
    """Where a used code counts: at the last message that was accepted, else at the last one."""
    accepted = [each for _, each in sent if each["state"] in _ACCEPTED]
    candidates = accepted or [each for _, each in sent]
    return CostGroup(region, candidates[-1]["sender"] if candidates else UNKNOWN)


def _of_message(region: str, message: Item, report: Item) -> Figures:
    if message["state"] not in _ACCEPTED:
        return Figures()
    price = report.get("micro_usd")
    if price is None:
        price = prices.micro_usd(message["sender"], region, message["segments"])
    return Figures(sent=1, delivered=int(report.get("state") == MessageState.DELIVERED), micro_usd=price)


def add(parts: Iterable[dict[CostGroup, Figures]]) -> dict[CostGroup, Figures]:
    """The sums of each region and sender."""
    sums: dict[CostGroup, Figures] = {}
    for part in parts:
        for group, figures in part.items():
            sums[group] = sums.get(group, Figures()).plus(figures)
    return sums
