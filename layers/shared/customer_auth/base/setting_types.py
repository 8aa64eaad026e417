"""The forms in which settings are written in the environment. Each refuses other text by completing the sentence «NAME must be …»."""

import re
from urllib.parse import urlsplit

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


def web_pages(text: object) -> tuple[str, ...]:
    """A list of web pages that a browser may be sent to with a secret. Raises: ValueError."""
    pages = comma_separated(text)
    for page in pages:
        parts = urlsplit(page)
        is_private = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"))
        if not is_private or not parts.hostname or "@" in parts.netloc or re.search(r"[\s\\#]", page):
            raise ValueError("https addresses without a fragment, like https://shop.example.com/callback, separated by commas")
    return pages


def matching(pattern: str, allowed: str) -> BeforeValidator:
    """Text that matches the whole pattern; `allowed` describes such text."""

    def validate(value: object) -> object:
        if not re.fullmatch(pattern, str(value)):
            raise ValueError(allowed)
        return value

    return BeforeValidator(validate)
