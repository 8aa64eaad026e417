"""What a code is sent to, in the one spelling by which it is stored, counted and compared."""

from enum import StrEnum
from typing import NamedTuple

from phonenumbers import country_code_for_region

from customer_auth.addresses import numbering

_SHOWN_DIGITS = 4


class Channel(StrEnum):
    """How an address is reached."""

    PHONE = "phone"
    EMAIL = "email"


class Address(NamedTuple):
    """A phone number or an email address.

    `value` is what is compared: E.164 by today's numbering plan, or the email in lower case with its domain in A-labels. `spelling` is
    what is shown and mailed to, of a stored number what lies there. `country` is the number's region (ISO 3166-1 alpha-2), empty for an
    email.
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
    def former_keys(self) -> tuple[str, ...]:
        """The keys that the address had before its numbering plan changed; what was stored then may still lie there."""
        if self.channel is Channel.EMAIL:
            return ()
        return tuple(f"{self.channel}:{each}" for each in numbering.former(self.value))

    @property
    def keys(self) -> tuple[str, ...]:
        """Today's key, then the former ones."""
        return (self.key, *self.former_keys)

    @property
    def spelled_key(self) -> str:
        """The key of the very spelling: of a code that was asked for before the numbering plan changed, the one that it was derived for."""
        return self.key if self.channel is Channel.EMAIL else f"{self.channel}:{self.spelling}"

    @property
    def destination(self) -> str:
        """Where a message to it goes: the mailbox as it was spelled, the number as today's plan has it."""
        return self.spelling if self.channel is Channel.EMAIL else self.value

    @property
    def masked(self) -> str:
        """Enough for its owner to know it by: +91*****3210, u***@example.com."""
        if self.channel is Channel.EMAIL:
            local, _, domain = self.value.rpartition("@")
            return f"{local[0]}***@{domain}"
        return f"+{country_code_for_region(self.country)}*****{self.value[-_SHOWN_DIGITS:]}"
