"""How much of a large attack a run carries out: a hundredth or another part, or all of it with ATTACKS=whole."""

import os
from collections.abc import Callable

from tools.left_out import PART

WHOLE = os.environ.get("ATTACKS") == "whole"
SHARE = 100

type PartOf = Callable[..., int]


def parts(record_property: Callable[[str, object], None]) -> PartOf:
    """Return a function that says how much of a whole the test carries out, and that reports it at the end of the run."""

    def part_of(whole: int, part: int = 0) -> int:
        """A hundredth of the whole, or `part`."""
        if WHOLE:
            return whole
        part = part or whole // SHARE
        record_property(PART, f"{part:,} of {whole:,}")
        return part

    return part_of
