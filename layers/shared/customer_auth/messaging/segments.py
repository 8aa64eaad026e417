"""How many SMS segments a text needs; every segment is paid for.

Sources: 3GPP TS 23.038 §6.2.1 (default alphabet and its extension table, UCS-2), TS 23.040 §9.2.3.24.1 (a concatenated message
loses 6 octets of each segment to its header). National language tables are left out, because no carrier guarantees them. SNS may split
a long text earlier, between words; a text that fits one segment is one segment there too.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

# The 128th position is the escape to the extension table, not a character.
_DEFAULT_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION_TABLE = frozenset("\f^{}\\[~]|€")
_LAST_OF_ONE_UNIT = "\uffff"  # characters above it are surrogate pairs


class _Capacity(NamedTuple):
    """Units in a message of one segment, and in each segment of a concatenated one."""

    single: int
    concatenated: int


_SEPTETS = _Capacity(160, 153)
_UTF16_UNITS = _Capacity(70, 67)


class Segments(NamedTuple):
    """The size of a text. `units` are GSM-7 septets or UCS-2 code units, without headers and padding."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    segments: int


def count(text: str) -> Segments:
    """The size of `text` as an SMS. Neither an escape sequence nor a surrogate pair is split between two segments."""
    if _DEFAULT_ALPHABET.union(_EXTENSION_TABLE).issuperset(text):
        septets = [2 if character in _EXTENSION_TABLE else 1 for character in text]
        return Segments("GSM-7", sum(septets), _segments(septets, _SEPTETS))
    units = [2 if character > _LAST_OF_ONE_UNIT else 1 for character in text]
    return Segments("UCS-2", sum(units), _segments(units, _UTF16_UNITS))


def _segments(sizes: Sequence[int], capacity: _Capacity) -> int:
    if sum(sizes) <= capacity.single:
        return 1
    segments, used = 1, 0
    for size in sizes:
        if used + size > capacity.concatenated:
            segments, used = segments + 1, 0
        used += size
    return segments
