"""Phone numbers: parsed by libphonenumber, kept as E.164 (ITU-T E.164), refused unless they can receive our SMS.

Persian, Arabic and full-width digits are read as digits; letters, extensions and other scripts are refused. An old spelling means the
number of today's plan (`numbering`), and EXTRA_PHONE_PREFIXES lets in what the library does not know yet.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from customer_auth.addresses import cleaning, numbering
from customer_auth.addresses.address import Address, Channel
from customer_auth.base import settings

_SPELLING = re.compile(r"\+?[0-9]{2,40}")
_RECEIVES_SMS = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


class _Number(NamedTuple):
    """What libphonenumber knows of a number."""

    e164: str  # by today's plan
    kind: int  # a PhoneNumberType
    region: str  # ISO 3166-1 alpha-2; the main one of its country code where the number is unknown
    is_possible: bool  # whether a whole number may be as long as this one, with its area


def parse(text: str) -> Address:
    """The number that `text` spells, nationally in DEFAULT_REGION or with its country code.

    Raises: ValueError with a sentence for people that does not repeat the number.
    """
    given = settings.service()
    cleaned = cleaning.phone(text)
    if not _SPELLING.fullmatch(cleaned):
        raise ValueError("must be a phone number")
    try:
        number = _read(cleaned, None if cleaned.startswith("+") else given.default_region)
    except phonenumbers.NumberParseException:
        raise ValueError("must be a phone number") from None
    address = Address(Channel.PHONE, number.e164, number.e164, number.region)
    if number.kind == PhoneNumberType.UNKNOWN:
        if not number.e164.startswith(given.extra_phone_prefixes) or not number.is_possible:
            raise ValueError("must be a valid phone number")
        return address
    if number.region not in given.regions:
        raise ValueError("must be of a country that is served here")
    if number.kind not in _RECEIVES_SMS:
        raise ValueError("must be a number that can receive SMS")
    return address


def stored(e164: str) -> Address:
    """The address of a number that was stored: by today's plan, in the spelling that lies there. Settings may refuse it to others now."""
    number = _read(e164, None)
    return Address(Channel.PHONE, number.e164, e164, number.region)


@lru_cache(maxsize=1)
def _read(text: str, region: str | None) -> _Number:
    """The number that a text means today. A request gives one, and finds the same one stored: the library is asked once.

    Raises: NumberParseException.
    """
    number, kind = _as_today(phonenumbers.parse(text, region))
    country = phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(number.country_code or 0)
    is_possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    return _Number(_e164(number), kind, country, is_possible)


def forget() -> None:
    """Ask the library again at the next number; for benchmarks, whose containers have one customer, and for tests that change a plan."""
    _read.cache_clear()


def _as_today(number: PhoneNumber) -> tuple[PhoneNumber, int]:
    """What an old spelling means today, and its type, a PhoneNumberType; a number that can receive SMS as it is means itself."""
    kind = phonenumbers.number_type(number)
    if kind not in _RECEIVES_SMS:
        for candidate in numbering.today(_e164(number)):
            anew = phonenumbers.parse(candidate)
            if (today := phonenumbers.number_type(anew)) in _RECEIVES_SMS:
                return anew, today
    return number, kind


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
