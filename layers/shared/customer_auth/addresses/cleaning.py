"""Removes invisible characters from what people type and paste, by Unicode category, before anything else reads it.

Text that is copied from messages, pages, contacts and PDFs contains direction marks, zero-width and no-break spaces, soft hyphens and all
kinds of dashes. `web/customer-auth.js` cleans in the same way; `tests/examples/cleaning.json` tests both.
"""

import re
import unicodedata

# Tabs and line ends (UAX #14 §5.1), whose category is Cc: at the ends of a text they are removed like spaces.
_EDGES = "\t\n\v\f\r\x85"
_SEPARATORS = {"Zs", "Zl", "Zp"}
_MINUS = "\u2212"  # a mathematical sign (Sm) that people type for a dash
# What people write between the digits of a phone number besides spaces and dashes.
_PUNCTUATION = re.compile(r"[()./]")
_DIGITS = {ord(digit): str(value) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９") for value, digit in enumerate(digits)}
_TO_ASCII = _DIGITS | {ord("＋"): "+"}
# Crockford's base 32 (https://www.crockford.com/base32.html) reads letters that look like digits as those digits.
_LOOK_ALIKES = str.maketrans("OIL", "011")


def trim(text: str) -> str:
    """The text without format characters (Cf), and without tabs, line ends and spaces at its ends."""
    if text.isascii():  # it has no format character, and no separator but the space
        return text.strip(f"{_EDGES} ")
    characters = [character for character in text if unicodedata.category(character) != "Cf"]
    start = next((i for i, character in enumerate(characters) if not _is_space(character)), len(characters))
    end = next((i for i in range(len(characters), start, -1) if not _is_space(characters[i - 1])), start)
    return "".join(characters[start:end])


def is_blank(text: str) -> bool:
    """Whether `trim` leaves nothing of the text."""
    return all(_is_space(character) or unicodedata.category(character) == "Cf" for character in text)


def email(text: str) -> str:
    """The trimmed text, without `mailto:` in front."""
    return _without_scheme("mailto:", trim(text))


def phone(text: str) -> str:
    """A phone number in ASCII digits, with its plus if it has one. Text that is not a number is kept, for the parser to refuse."""
    cleaned = _without_gaps(_without_scheme("tel:", trim(text))).translate(_TO_ASCII)
    return _PUNCTUATION.sub("", cleaned)


def code(text: str) -> str:
    """A code in upper-case letters and ASCII digits, from digits of any script and letters of either case."""
    plain = unicodedata.normalize("NFKC", _without_gaps(trim(text)))
    return "".join(str(unicodedata.digit(character)) if character.isdigit() else character for character in plain).upper()


def referral_code(text: str) -> str:
    """A code as `code` reads it, with letters that look like digits replaced by those digits."""
    return code(text).translate(_LOOK_ALIKES)


def _without_scheme(scheme: str, text: str) -> str:
    return trim(text[len(scheme) :]) if text[: len(scheme)].lower() == scheme else text


def _without_gaps(text: str) -> str:
    """The text without spaces (Zs) and dashes (Pd and the minus sign)."""
    if text.isascii():
        return text.replace(" ", "").replace("-", "")
    return "".join(character for character in text if character != _MINUS and unicodedata.category(character) not in ("Zs", "Pd"))


def _is_space(character: str) -> bool:
    return character in _EDGES or unicodedata.category(character) in _SEPARATORS
