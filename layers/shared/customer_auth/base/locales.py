"""The language of a message: the one that the request names, else the best one of its Accept-Language header, else English.

Sources: BCP 47 (RFC 5646) language tags, RFC 9110 §12.5.4 Accept-Language, §12.4.2 quality values. Malformed input is ignored, never
refused.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Literal

# In characters. A browser's header has fewer than 300; a longer one is ignored, so that it costs no time.
_LONGEST_HEADER = 1000
# RFC 5646 §4.4.1, in characters.
_LONGEST_TAG = 35

_RANGE = re.compile(r"[ \t]*(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)[ \t]*(?:;[ \t]*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?")
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


class Locale(StrEnum):
    """The languages of the messages, by their primary subtag."""

    EN = "en"
    TR = "tr"
    FA = "fa"

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        return "rtl" if self is Locale.FA else "ltr"

    def number(self, number: int) -> str:
        """The number in the digits of the language; never for codes, which people type and browsers fill in as ASCII."""
        return self.figures(str(number))

    def figures(self, text: str) -> str:
        """The text with its digits replaced by those of the language."""
        return text.translate(_PERSIAN_DIGITS) if self is Locale.FA else text


_LOCALES = {str(locale): locale for locale in Locale}


def choose(tag: str | None, accept_language: str | None) -> Locale:
    """The locale of the request's own language tag (`tr-TR`, `fa_IR`), else the best one of its Accept-Language header, else English."""
    return _of_tag(tag or "") or _best(accept_language or "") or Locale.EN


def _of_tag(tag: str) -> Locale | None:
    primary = tag.strip()[:_LONGEST_TAG].replace("_", "-").partition("-")[0].lower()
    return _LOCALES.get(primary)


def _best(header: str) -> Locale | None:
    if len(header) > _LONGEST_HEADER:
        return None
    # `sorted` is stable: of languages with equal quality the first one in the header wins.
    for _, language in sorted(_ranges(header), key=lambda entry: -entry[0]):
        locale = Locale.EN if language == "*" else _of_tag(language)
        if locale:
            return locale
    return None


def _ranges(header: str) -> Iterator[tuple[float, str]]:
    """The well-formed language ranges with a quality above 0, each preceded by its quality."""
    for part in header.split(","):
        match = _RANGE.fullmatch(part)
        if match and (quality := float(match[2] or 1)) > 0:
            yield quality, match[1]
