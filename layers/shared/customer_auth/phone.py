"""Phone numbers: parsed by libphonenumber, kept as E.164 (ITU-T E.164), refused unless they can receive our SMS.

Persian, Arabic and full-width digits are read as digits; letters, extensions and other scripts are refused.
"""

import re

import phonenumbers
from phonenumbers import PhoneNumberType

from customer_auth import settings
from customer_auth.address import Address, Channel

# Digits of ASCII, Arabic, Persian and full width, and what people put between them. 15 digits is E.164's longest. Numbers that are
# copied from a list of contacts come in marks of direction.
_MARKS = r"\u200e\u200f\u202a\u202c\u202d"
_SPELLING = re.compile(rf"[{_MARKS}]*[+＋]?[0-9٠-٩۰-۹０-９\s().\-/\u2010-\u2015{_MARKS}]{{2,40}}")
_RECEIVES_SMS = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def parse(text: str) -> Address:
    """The number that `text` spells, nationally in DEFAULT_REGION or with its country code.

    Raises: ValueError with a sentence for people that does not repeat the number.
    """
    given = settings.service()
    text = text.strip()
    if not _SPELLING.fullmatch(text):
        raise ValueError("must be a phone number")
    try:
        number = phonenumbers.parse(text, given.default_region)
    except phonenumbers.NumberParseException:
        raise ValueError("must be a phone number") from None
    region, kind = phonenumbers.region_code_for_number(number), phonenumbers.number_type(number)
    if region is None or kind == PhoneNumberType.UNKNOWN:
        raise ValueError("must be a valid phone number")
    if region not in given.regions:
        raise ValueError("must be of a country that is served here")
    if kind not in _RECEIVES_SMS:
        raise ValueError("must be a number that can receive SMS")
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Address(Channel.PHONE, e164, e164, region)


def country(e164: str) -> str:
    """The region (ISO 3166-1 alpha-2) of a number that was parsed before; empty where libphonenumber knows none any more."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(e164)) or ""
