"""A phone number or email address, in the canonical form in which it is stored, rate-limited and compared."""

from enum import StrEnum
from typing import NamedTuple

from phonenumbers import country_code_for_region

from customer_auth.addresses import numbering

_VISIBLE_DIGITS = 4


class Channel(StrEnum):
    """How an address is reached."""

    PHONE = "phone"
    EMAIL = "email"


class Address(NamedTuple):
    """A phone number or an email address.

    `value` is the canonical form: E.164 by today's numbering plan, or the email in lower case with its domain in A-labels. `spelling` is
    the form that is shown and mailed to; for a stored number it is the form in the table. `country` is the number's region (ISO 3166-1
    alpha-2), empty for an email.
    """

    channel: Channel
    value: str
    spelling: str
    country: str = ""

    @property
    def key(self) -> str:
        """One string for one address, however it is spelled."""
        return f"{self.channel}:{self.value}"

    @property
    def former_keys(self) -> tuple[str, ...]:
        """The keys that the address had before its numbering plan changed. Items stored then may still have them."""
        if self.channel is Channel.EMAIL:
            return ()
        return tuple(f"{self.channel}:{former}" for former in numbering.former(self.value))

    @property
    def keys(self) -> tuple[str, ...]:
        """Today's key, followed by the former ones."""
        return (self.key, *self.former_keys)

    @property
    def spelled_key(self) -> str:
        """The key of the spelling as it is. A code that was requested before the numbering plan changed was derived with this key."""
        return self.key if self.channel is Channel.EMAIL else f"{self.channel}:{self.spelling}"

    @property
    def destination(self) -> str:
        """Where messages are sent: the email as it was spelled, or the number by today's numbering plan."""
        return self.spelling if self.channel is Channel.EMAIL else self.value

    @property
    def masked(self) -> str:
        """Enough for the owner to recognise it: +91*****3210, u***@example.com."""
        if self.channel is Channel.EMAIL:
            local, _, domain = self.value.rpartition("@")
            return f"{local[0]}***@{domain}"
        return f"+{country_code_for_region(self.country)}*****{self.value[-_VISIBLE_DIGITS:]}"
