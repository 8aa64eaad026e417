"""Writes into docs/threats.md how likely a code is guessed, computed from the settings; `--check` only reports whether it is up to date."""

import sys
from pathlib import Path
from typing import Any, NamedTuple

from customer_auth.otp.derivation import ALPHABETS
from local.template import Template
from tools import marked

ROOT = Path(__file__).resolve().parents[1]
THREATS = ROOT / "docs" / "threats.md"
BEGIN = "<!-- guessing: written by `make guessing` from template.yaml -->\n"
END = "<!-- end of guessing -->\n"

HOURS, QUARTERS, DAYS = 24, 96, 365
BOTS, ACCOUNTS = 1_000, 1_000_000


class Figures(NamedTuple):
    """The settings that limit guessing."""

    codes: int  # the number of possible codes
    attempts_per_code: int  # with its challenge, and as many without
    codes_per_day: int  # for one address
    attempts_per_day: int  # for one address, beside the first of each code with its challenge
    client_codes_per_hour: int
    client_refusals_per_quarter_hour: int

    @property
    def compared_per_day(self) -> int:
        """The maximum number of wrong codes that are compared in a day for one lane of an account."""
        return min(self.attempts_per_day + self.codes_per_day, 2 * self.attempts_per_code * self.codes_per_day)

    def chance(self, days: int) -> float:
        """The probability that at least one attempt in this number of days is right."""
        return float(1 - (1 - 1 / self.codes) ** (self.compared_per_day * days))

    def accounts_per_day(self) -> float:
        """The expected number of accounts that bots open in a day."""
        codes = min(BOTS * self.client_codes_per_hour * HOURS, ACCOUNTS * self.codes_per_day)
        compared = min(
            BOTS * self.client_refusals_per_quarter_hour * QUARTERS, 2 * self.attempts_per_code * codes, ACCOUNTS * self.compared_per_day
        )
        return compared / self.codes


def figures(parameters: dict[str, Any], which: str) -> Figures:
    """The template's figures; `which` is Default or MaxValue. The length of a code is always the default, since longer codes are safer."""
    alphabet = ALPHABETS[parameters["OtpCharset"]["Default"]]
    return Figures(
        len(alphabet) ** int(parameters["OtpLength"]["Default"]),
        parameters["OtpMaxAttempts"][which],
        parameters["SendsPerDay"][which],
        parameters["FailuresPerDay"][which],
        parameters["IpSendsPerHour"][which],
        parameters["IpCodeFailuresPerQuarterHour"][which],
    )


def table() -> str:
    """One row for each set of figures."""
    parameters = Template.of_service().document["Parameters"]
    default = figures(parameters, "Default")
    rows = {
        "the defaults": default,
        "the largest that the settings allow": figures(parameters, "MaxValue"),
        "the defaults with 8 digits": default._replace(codes=10**8),
        "the defaults with 6 letters and digits": default._replace(codes=len(ALPHABETS["alphanumeric"]) ** 6),
    }
    head = f"| Settings | Compared a day | Chance a day | Chance a year | Accounts a day of {BOTS:,} addresses against {ACCOUNTS:,} |\n"
    lines = (
        f"| {name} | {row.compared_per_day} | {row.chance(1):.2g} | {row.chance(DAYS):.2g} | {row.accounts_per_day():.2g} |"
        for name, row in rows.items()
    )
    return head + "|---|---|---|---|---|\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(marked.main(THREATS, BEGIN, END, table(), "make guessing", check="--check" in sys.argv[1:]))
