"""How much of an attack whose size is what it is about is carried out: a hundredth, or with ATTACKS=whole all of it."""

import os
from collections.abc import Callable

from tools.left_out import PART

WHOLE = os.environ.get("ATTACKS") == "whole"
SHARE = 100

type PartOf = Callable[..., int]


def parts(record_property: Callable[[str, object], None]) -> PartOf:
    """Answers how much of a whole the test carries out, and puts that into its report, so that the end of the run names the test."""

    def part_of(whole: int, part: int = 0) -> int:
        """A hundredth of the whole, or `part`."""
        if WHOLE:
            return whole
        part = part or whole // SHARE
        record_property(PART, f"{part:,} of {whole:,}")
        return part

    return part_of
