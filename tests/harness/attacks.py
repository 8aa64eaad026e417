"""How much of an attack whose size is what it is about is carried out: a hundredth, or with ATTACKS=whole all of it."""

import os

WHOLE = os.environ.get("ATTACKS") == "whole"


def part_of(whole: int) -> int:
    return whole if WHOLE else whole // 100
