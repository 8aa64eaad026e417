"""The documents, as the tests read them."""

import itertools

from tests.harness.engines import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def rows(document: str, heading: str) -> list[list[str]]:
    """The cells of the table that has this heading row, without its code marks."""
    _, _, rest = read(document).partition(f"\n| {heading} |")
    table = itertools.takewhile(lambda line: line.startswith("|"), rest.splitlines()[2:])
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split(" | ")] for line in table]
