"""Phone numbers: parsed by libphonenumber, stored in E.164 format (ITU-T E.164), and refused unless they can receive SMS.

Persian, Arabic and full-width digits are accepted; letters, extensions and other scripts are not. An old spelling means the current number
(`numbering`), and EXTRA_PHONE_PREFIXES admits numbers that the library does not know yet.
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
    """What libphonenumber knows about a number."""

    e164: str  # by today's plan
    kind: int  # a PhoneNumberType
    region: str  # ISO 3166-1 alpha-2; for an unknown number, the main region of its country code
    is_possible: bool  # whether a complete number, with its area code, may have this length


def parse(text: str) -> Address:
    """The number that `text` spells, with its country code or in the national format of DEFAULT_REGION.

    Raises: ValueError, with a message for people that does not repeat the number.
    """
    service = settings.service()
    cleaned = cleaning.phone(text)
    if not _SPELLING.fullmatch(cleaned):
        raise ValueError("must be a phone number")
    try:
        number = _read(cleaned, None if cleaned.startswith("+") else service.default_region)
    except phonenumbers.NumberParseException:
        raise ValueError("must be a phone number") from None
    address = Address(Channel.PHONE, number.e164, number.e164, number.region)
    if number.kind == PhoneNumberType.UNKNOWN:
        if not number.e164.startswith(service.extra_phone_prefixes) or not number.is_possible:
            raise ValueError("must be a valid phone number")
        return address
    if number.region not in service.regions:
        raise ValueError("must be of a country that is served here")
    if number.kind not in _RECEIVES_SMS:
        raise ValueError("must be a number that can receive SMS")
    return address


def from_stored(e164: str) -> Address:
    """The address of a stored number: its value is by today's plan, its spelling as stored. `parse` may refuse it under newer settings."""
    number = _read(e164, None)
    return Address(Channel.PHONE, number.e164, e164, number.region)


def national(address: Address) -> str:
    """How people of DEFAULT_REGION write the number, digits alone and without the leading 0; any other number in E.164."""
    if address.country != settings.service().default_region:
        return address.value
    return address.value.removeprefix(f"+{phonenumbers.country_code_for_region(address.country)}")


def significant(e164: str) -> str:
    """The digits of a number without its country code and without a leading 0 of the country's own."""
    return str(phonenumbers.national_significant_number(phonenumbers.parse(e164)))


@lru_cache(maxsize=1)
def _read(text: str, region: str | None) -> _Number:
    """The number that a text means today. A request has one number, and finds the same one stored, so libphonenumber is asked once.

    Raises: NumberParseException.
    """
    number, kind = _current(phonenumbers.parse(text, region))
    country = phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(number.country_code or 0)
    is_possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    return _Number(_e164(number), kind, country, is_possible)


def forget() -> None:
    """Ask libphonenumber again at the next number; for benchmarks, whose containers have one customer, and for tests that change a plan."""
    _read.cache_clear()


def _current(number: PhoneNumber) -> tuple[PhoneNumber, int]:
    """The number that an old spelling means today, and its PhoneNumberType; a number that can receive SMS as it is stays unchanged."""
    kind = phonenumbers.number_type(number)
    if kind not in _RECEIVES_SMS:
        for candidate in numbering.current(_e164(number)):
            current = phonenumbers.parse(candidate)
            if (current_kind := phonenumbers.number_type(current)) in _RECEIVES_SMS:
                return current, current_kind
    return number, kind


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
