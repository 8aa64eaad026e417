"""How many SMS a text is, for each segment is paid for.

Sources: 3GPP TS 23.038 §6.2.1 (default alphabet and its extension table, UCS-2), TS 23.040 §9.2.3.24.1 (a concatenated message
loses 6 octets of each segment to its header). National language tables are left out: no carrier promises them. SNS may cut a long
text earlier, between words; a text of one segment is one there too.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

# The escape to the extension table is the 128th place, and no letter.
_DEFAULT_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION_TABLE = frozenset("\f^{}\\[~]|€")
_LAST_OF_ONE_UNIT = "\uffff"  # what lies above is a surrogate pair


class _Room(NamedTuple):
    """Units in a message that is one segment, and in each segment of a longer one."""

    alone: int
    joined: int


_SEPTETS = _Room(160, 153)
_UTF16_UNITS = _Room(70, 67)


class Segments(NamedTuple):
    """`units` are septets of GSM-7 or UTF-16 code units of UCS-2, without headers and padding."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    segments: int


def count(text: str) -> Segments:
    """The size of `text` as SMS; neither an escape sequence nor a surrogate pair is split between two segments."""
    if _DEFAULT_ALPHABET.union(_EXTENSION_TABLE).issuperset(text):
        septets = [2 if letter in _EXTENSION_TABLE else 1 for letter in text]
        return Segments("GSM-7", sum(septets), _segments(septets, _SEPTETS))
    units = [2 if letter > _LAST_OF_ONE_UNIT else 1 for letter in text]
    return Segments("UCS-2", sum(units), _segments(units, _UTF16_UNITS))


def _segments(sizes: Sequence[int], room: _Room) -> int:
    if sum(sizes) <= room.alone:
        return 1
    segments, used = 1, 0
    for size in sizes:
        if used + size > room.joined:
            segments, used = segments + 1, 0
        used += size
    return segments
