"""What a code is sent to, in the one spelling by which it is stored, counted and compared."""

from enum import StrEnum
from typing import NamedTuple

from phonenumbers import country_code_for_region

_SHOWN_DIGITS = 4


class Channel(StrEnum):
    """How an address is reached."""

    PHONE = "phone"
    EMAIL = "email"


class Address(NamedTuple):
    """A phone number or an email address.

    `value` is what is compared: E.164, or the email in lower case with its domain in A-labels. `spelling` is what is shown and
    mailed to. `country` is the number's region (ISO 3166-1 alpha-2), empty for an email.
    """

    channel: Channel
    value: str
    spelling: str
    country: str = ""

    @property
    def key(self) -> str:
        """One string for one address, whatever its spelling."""
        return f"{self.channel}:{self.value}"

    @property
    def masked(self) -> str:
        """Enough for its owner to know it by: +91*****3210, u***@example.com."""
        if self.channel is Channel.EMAIL:
            local, _, domain = self.value.rpartition("@")
            return f"{local[0]}***@{domain}"
        return f"+{country_code_for_region(self.country)}*****{self.value[-_SHOWN_DIGITS:]}"
