"""Changes of numbering plans: which number an old spelling means today, and which spellings a current number had before.

Each change is one row. It applies only if the number as written cannot receive SMS and the converted one can, so a row does no harm before
or after libphonenumber learns about the change.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Change(NamedTuple):
    """One change of one plan. `old` and `current` match a whole E.164 number; `to_current` and `to_old` are their replacements."""

    country: str
    code: str  # the country's calling code
    since: str  # ISO 8601, as precise as the source
    source: str
    old: str
    to_current: str
    current: str
    to_old: str


_CI = ("CI", "+225", "2021-01-31", "ARTCI, Plan national de numérotation à 10 chiffres")

CHANGES = (
    # Mobile numbers were dialled with a 1 from abroad; since the change all numbers have ten digits.
    Change(
        "MX",
        "+52",
        "2019-08-03",
        "IFT, Plan Técnico Fundamental de Numeración (DOF 2018-05-11)",
        old=r"\+521([2-9]\d{9})",
        to_current=r"+52\1",
        current=r"\+52([2-9]\d{9})",
        to_old=r"+521\1",
    ),
    # Mobile numbers are dialled with a 9 from abroad, and with a 15 after the area code at home; with neither, they look like fixed lines.
    Change(
        "AR",
        "+54",
        "1997",
        "Secretaría de Comunicaciones, Plan Fundamental de Numeración Nacional",
        old=r"\+54([1-8]\d{9})",
        to_current=r"+549\1",
        current=r"\+549([1-8]\d{9})",
        to_old=r"+54\1",
    ),
    # All numbers of eight digits got 01 in front.
    Change(
        "BJ",
        "+229",
        "2024-11-30",
        "ARCEP Bénin, Plan national de numérotation à 10 chiffres",
        old=r"\+229(\d{8})",
        to_current=r"+22901\1",
        current=r"\+22901(\d{8})",
        to_old=r"+229\1",
    ),
    # Eight digits got two in front for the operator (Moov, MTN, Orange), chosen by their second digit; 2 and 3 there were fixed lines.
    Change(*_CI, r"\+225([04-9][0-3]\d{6})", r"+22501\1", r"\+22501([04-9][0-3]\d{6})", r"+225\1"),
    Change(*_CI, r"\+225([04-9][4-6]\d{6})", r"+22505\1", r"\+22505([04-9][4-6]\d{6})", r"+225\1"),
    Change(*_CI, r"\+225([04-9][7-9]\d{6})", r"+22507\1", r"\+22507([04-9][7-9]\d{6})", r"+225\1"),
    # From 2012 (São Paulo) on, the eight digits after the area code got a 9 in front; trunked radio, which begins with 7, kept eight.
    Change(
        "BR",
        "+55",
        "2016-11-06",
        "Anatel, Resolução nº 553/2010",
        old=r"\+55([1-9]{2})([689]\d{7})",
        to_current=r"+55\g<1>9\2",
        current=r"\+55([1-9]{2})9([689]\d{7})",
        to_old=r"+55\1\2",
    ),
)


def current(e164: str) -> Iterator[str]:
    """The numbers that this number may mean today if it is an old spelling."""
    return (re.sub(change.old, change.to_current, e164) for change in _changes(e164) if re.fullmatch(change.old, e164))


def former(e164: str) -> tuple[str, ...]:
    """The spellings that a current number had before."""
    return tuple(re.sub(change.current, change.to_old, e164) for change in _changes(e164) if re.fullmatch(change.current, e164))


def _changes(e164: str) -> list[Change]:
    """The changes of the plans of countries with this number's calling code."""
    return [change for change in CHANGES if e164.startswith(change.code)]
