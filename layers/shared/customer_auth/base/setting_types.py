"""The forms in which settings are written in the environment. Each refuses other text by completing the sentence «NAME must be …»."""

import re

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE
from pydantic import BeforeValidator


def comma_separated(text: object) -> tuple[str, ...]:
    """The parts of a comma-separated list, without the spaces around them and without empty ones."""
    return tuple(part.strip() for part in str(text).split(",") if part.strip())


def phone_prefixes(text: object) -> tuple[str, ...]:
    """A list of E.164 prefixes. Raises: ValueError."""
    prefixes = comma_separated(text)
    for prefix in prefixes:
        # A bare country code would also admit premium numbers that libphonenumber does not know.
        codes = [code for code in COUNTRY_CODE_TO_REGION_CODE if prefix.startswith(f"+{code}") and len(prefix) > len(f"+{code}")]
        if not codes or not re.fullmatch(r"\+[1-9][0-9]{1,14}", prefix):
            raise ValueError("E.164 prefixes longer than the country code, like +1861, separated by commas, or empty")
    return prefixes


def matching(pattern: str, allowed: str) -> BeforeValidator:
    """Text that matches the whole pattern; `allowed` describes such text."""

    def validate(value: object) -> object:
        if not re.fullmatch(pattern, str(value)):
            raise ValueError(allowed)
        return value

    return BeforeValidator(validate)
