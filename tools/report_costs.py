"""Prints what messages cost in a month on a stack on AWS, by region and sender: the figures of GET /admin/costs.

report_costs.py STACK MONTH
"""

import re
import sys
from collections.abc import Sequence

from customer_auth.ledger import costs, prices
from customer_auth.ledger.costs import Line
from tools import stack_settings

_HEAD = ("region", "sender", "asked", "sent", "delivered", "verified", "USD", "USD/verified")


def main(stack: str, month: str) -> str | None:
    """Print the table; returns an error message, or None."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        return "MONTH must be a month like 2026-11"
    stack_settings.use(stack, "GetCosts")
    lines = costs.report(month)
    for cells in (_HEAD, *map(_cells, lines)):
        print("  ".join(cell.rjust(12) for cell in cells).rstrip())
    print(f"Prices as of {prices.as_of()}, where the provider does not say its own; a dash where one is not known.")
    return None


def _cells(line: Line) -> Sequence[str]:
    counts = map(str, (line.requested, line.sent, line.delivered, line.verified))
    return (line.region or "email", line.sender, *counts, _money(line.usd), _money(line.usd_per_verified))


def _money(usd: float | None) -> str:
    return "-" if usd is None else f"{usd:.4f}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
