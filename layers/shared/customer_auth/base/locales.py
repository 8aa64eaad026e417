"""The language of a message: what the request asks for, else what its browser speaks, else English.

Sources: BCP 47 (RFC 5646) language tags, RFC 9110 §12.5.4 Accept-Language, §12.4.2 quality values. No input is refused: one
that cannot be read says nothing.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Literal

# A browser's list is below 300 characters; a longer one says nothing, and costs nothing.
_LONGEST_HEADER = 1000
# RFC 5646 §4.4.1, in characters.
_LONGEST_TAG = 35

_RANGE = re.compile(r"[ \t]*(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)[ \t]*(?:;[ \t]*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?")
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


class Locale(StrEnum):
    """A language that messages are written in, by its primary subtag."""

    EN = "en"
    TR = "tr"
    FA = "fa"

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        return "rtl" if self is Locale.FA else "ltr"

    def number(self, number: int) -> str:
        """A number as the language writes it; never for codes, which must be typed and filled in as ASCII."""
        return self.figures(str(number))

    def figures(self, text: str) -> str:
        """A text with its figures as the language writes them."""
        return text.translate(_PERSIAN_DIGITS) if self is Locale.FA else text


def choose(asked: str | None, accept_language: str | None) -> Locale:
    """The locale of the request's own tag (`tr-TR`, `fa_IR`), else the best of its Accept-Language header, else English."""
    return _of_tag(asked or "") or _best(accept_language or "") or Locale.EN


def _of_tag(tag: str) -> Locale | None:
    primary = tag.strip()[:_LONGEST_TAG].replace("_", "-").partition("-")[0].lower()
    return Locale(primary) if primary in Locale else None


def _best(header: str) -> Locale | None:
    if len(header) > _LONGEST_HEADER:
        return None
    # `sorted` keeps the order of equals, and the first of them is the one that the reader put first.
    for _, language in sorted(_ranges(header), key=lambda weighed: -weighed[0]):
        locale = Locale.EN if language == "*" else _of_tag(language)
        if locale:
            return locale
    return None


def _ranges(header: str) -> Iterator[tuple[float, str]]:
    """The well-formed ranges that are acceptable at all (q above 0), each with its quality."""
    for part in header.split(","):
        written = _RANGE.fullmatch(part)
        if written and (quality := float(written[2] or 1)) > 0:
            yield quality, written[1]
