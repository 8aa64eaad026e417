"""What people type and paste, without the marks that nobody sees: cleaned by Unicode category before anything is read.

Messages, pages, contacts and PDFs put marks of direction, zero-width and no-break spaces, soft hyphens and every kind of dash into what
is copied from them. `web/customer-auth.js` does the same; `tests/examples/cleaning.json` holds both to it.
"""

import re
import unicodedata

# Tabs and line ends (Unicode's newline function, UAX #14 §5.1), which are no letters: around a text they go with the spaces.
_EDGES = "\t\n\v\f\r\x85"
_SEPARATORS = {"Zs", "Zl", "Zp"}
_MINUS = "\u2212"  # a sign (Sm), which stands where a dash is meant
# What people put between the digits of a phone number, beside spaces and dashes.
_PUNCTUATION = re.compile(r"[()./]")
_DIGITS = {ord(digit): str(value) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９") for value, digit in enumerate(digits)}
_PLUS = {ord("＋"): "+"}
# Crockford's base 32 (https://www.crockford.com/base32.html): letters that look like digits are those.
_LOOK_ALIKES = str.maketrans("OIL", "011")


def around(text: str) -> str:
    """The text without format characters (Cf), and without tabs, line ends and spaces around it."""
    letters = [letter for letter in text if unicodedata.category(letter) != "Cf"]
    first = next((at for at, letter in enumerate(letters) if not _is_space(letter)), len(letters))
    last = next((at for at in range(len(letters), first, -1) if not _is_space(letters[at - 1])), first)
    return "".join(letters[first:last])


def is_empty(text: str) -> bool:
    """Whether nothing is left of it."""
    return all(_is_space(letter) or unicodedata.category(letter) == "Cf" for letter in text)


def email(text: str) -> str:
    """The same, without `mailto:` in front."""
    return _without("mailto:", around(text))


def phone(text: str) -> str:
    """The digits of a phone number in ASCII, with a plus in front or in brackets; what is no number stays to be refused."""
    cleaned = _joined(_without("tel:", around(text))).translate(_DIGITS | _PLUS)
    return _PUNCTUATION.sub("", cleaned)


def code(text: str) -> str:
    """A code in plain upper-case letters and digits, whatever script and case its digits and letters are in."""
    plain = unicodedata.normalize("NFKC", _joined(around(text)))
    return "".join(str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in plain).upper()


def referral_code(text: str) -> str:
    """The same, with letters that look like digits read as those."""
    return code(text).translate(_LOOK_ALIKES)


def _without(scheme: str, text: str) -> str:
    return around(text[len(scheme) :]) if text[: len(scheme)].lower() == scheme else text


def _joined(text: str) -> str:
    """Without spaces (Zs) and dashes (Pd, and the minus sign) inside."""
    return "".join(letter for letter in text if letter != _MINUS and unicodedata.category(letter) not in ("Zs", "Pd"))


def _is_space(letter: str) -> bool:
    return letter in _EDGES or unicodedata.category(letter) in _SEPARATORS
