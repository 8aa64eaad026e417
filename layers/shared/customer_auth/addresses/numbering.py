"""Numbering plans that have changed: what a number's old spelling means today, and which spellings today's number had before.

A change is one row. A row counts for a number that cannot receive SMS as it is written, and where today's number can: what libphonenumber
knows by itself is left alone, so a row may stand here before the library has heard of the change, and after.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Change(NamedTuple):
    """One change of one plan. `old` and `today` are patterns of a whole E.164 number, `to_today` and `to_old` what each becomes."""

    country: str
    since: str  # ISO 8601, as exactly as the source says it
    source: str
    old: str
    to_today: str
    today: str
    to_old: str


_CI = ("CI", "2021-01-31", "ARTCI, Plan national de numérotation à 10 chiffres")

CHANGES = (
    # From abroad a mobile was dialled with a 1; since then all numbers have ten digits.
    Change(
        "MX",
        "2019-08-03",
        "IFT, Plan Técnico Fundamental de Numeración (DOF 2018-05-11)",
        old=r"\+521([2-9]\d{9})",
        to_today=r"+52\1",
        today=r"\+52([2-9]\d{9})",
        to_old=r"+521\1",
    ),
    # From abroad a mobile is dialled with a 9, at home with a 15 behind the area; without either it looks like a fixed line.
    Change(
        "AR",
        "1997",
        "Secretaría de Comunicaciones, Plan Fundamental de Numeración Nacional",
        old=r"\+54([1-8]\d{9})",
        to_today=r"+549\1",
        today=r"\+549([1-8]\d{9})",
        to_old=r"+54\1",
    ),
    # 01 in front of all eight digits.
    Change(
        "BJ",
        "2024-11-30",
        "ARCEP Bénin, Plan national de numérotation à 10 chiffres",
        old=r"\+229(\d{8})",
        to_today=r"+22901\1",
        today=r"\+22901(\d{8})",
        to_old=r"+229\1",
    ),
    # The operator's two digits in front of all eight; the second of these told the operator: Moov, MTN, Orange. 2 and 3 were fixed lines.
    Change(*_CI, r"\+225([04-9][0-3]\d{6})", r"+22501\1", r"\+22501([04-9][0-3]\d{6})", r"+225\1"),
    Change(*_CI, r"\+225([04-9][4-6]\d{6})", r"+22505\1", r"\+22505([04-9][4-6]\d{6})", r"+225\1"),
    Change(*_CI, r"\+225([04-9][7-9]\d{6})", r"+22507\1", r"\+22507([04-9][7-9]\d{6})", r"+225\1"),
    # 9 in front of the eight digits behind the area, from 2012 (São Paulo) on; trunked radio's numbers, which begin with 7, keep eight.
    Change(
        "BR",
        "2016-11-06",
        "Anatel, Resolução nº 553/2010",
        old=r"\+55([1-9]{2})([689]\d{7})",
        to_today=r"+55\g<1>9\2",
        today=r"\+55([1-9]{2})9([689]\d{7})",
        to_old=r"+55\1\2",
    ),
)


def today(e164: str) -> Iterator[str]:
    """What the number means today, if it is an old spelling."""
    return (re.sub(change.old, change.to_today, e164) for change in CHANGES if re.fullmatch(change.old, e164))


def former(e164: str) -> tuple[str, ...]:
    """The spellings that today's number had before."""
    return tuple(re.sub(change.today, change.to_old, e164) for change in CHANGES if re.fullmatch(change.today, e164))
