"""A consent to commercial messages, as Turkey's register of them (IYS, https://iys.org.tr) knows it, and its withdrawal.

One-time codes and notifications are transactional: nothing here has a say in whether they are sent.
"""

import re
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import NamedTuple, Self

from customer_auth.addresses.address import Address, Channel
from customer_auth.aws.dynamodb import Item
from customer_auth.base import clock
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.customers.customers import address_of

# Turkey has had no summer time since 2016.
TURKISH_TIME = timezone(timedelta(hours=3))
# How somebody consented, in the register's own words.
SOURCES = frozenset({
    "HS_WEB", "HS_MOBIL", "HS_EORTAM", "HS_FIZIKSEL_ORTAM", "HS_ISLAK_IMZA", "HS_CAGRI_MERKEZI", "HS_SOSYAL_MEDYA", "HS_EPOSTA",
    "HS_MESAJ", "HS_ETKINLIK", "HS_2015", "HS_ATM", "HS_KARAR",
})  # fmt: skip
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_EARLIEST = 946_684_800  # 2000; nobody's consent is older than that, and a year of 0202 is a slip


class ConsentType(StrEnum):
    """What somebody consents to."""

    CALL = "CALL"
    MESSAGE = "MESSAGE"
    EMAIL = "EMAIL"

    @property
    def channel(self) -> Channel:
        """The channel of the address that the consent is about."""
        return Channel.EMAIL if self is ConsentType.EMAIL else Channel.PHONE


class ConsentStatus(StrEnum):
    """What happened, in the register's own words."""

    GRANTED = "ONAY"
    WITHDRAWN = "RET"


class GivenConsent(NamedTuple):
    """A consent that somebody gives; `given_at` in epoch seconds."""

    type: ConsentType
    source: str
    given_at: int


class ConsentEvent(NamedTuple):
    """A consent that was given or withdrawn, for one address; `recipient` is its spelling, `at` in epoch seconds."""

    type: ConsentType
    status: ConsentStatus
    source: str
    recipient: str
    at: int

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls(ConsentType(item["type"]), ConsentStatus(item["status"]), item["source"], item["recipient"], item["at"])

    def item(self) -> Item:
        """The event as it is stored."""
        return {name: str(value) if isinstance(value, StrEnum) else value for name, value in self._asdict().items()}

    @property
    def address(self) -> Address:
        """The address that the consent is about."""
        return address_of(self.type.channel, self.recipient)

    def withdrawal(self) -> Self:
        """The event that withdraws this consent, now: later than the consent in any case, because the register goes by these times."""
        return self._replace(status=ConsentStatus.WITHDRAWN, at=max(clock.now(), self.at + 1))


def parse(type: str, source: str, given_at: str | None = None) -> GivenConsent:  # noqa: A002 (the field's name)
    """The consent that a caller states; without `given_at` it is given now. Raises: BadRequest, which names the field."""
    try:
        consent_type = ConsentType(type)
    except ValueError:
        raise _wrong("type", f"must be {', '.join(ConsentType)}") from None
    if source not in SOURCES:
        raise _wrong("source", "must be a source that IYS knows, like HS_WEB")
    return GivenConsent(consent_type, source, clock.now() if given_at is None else _time(given_at))


def _time(text: str) -> int:
    """A time in ISO 8601; without an offset it is Turkish time, as in the register. Raises: BadRequest."""
    try:
        time = datetime.fromisoformat(text if _TIME.fullmatch(text) else "")
        at = int((time if time.tzinfo else time.replace(tzinfo=TURKISH_TIME)).timestamp())
    except (ValueError, OverflowError):
        raise _wrong("given_at", "must be a time like 2026-01-31T09:30:00Z, or 2026-01-31 12:30:00 in Turkish time") from None
    if at > clock.now():
        raise _wrong("given_at", "must not be in the future")
    if at < _EARLIEST:
        raise _wrong("given_at", "must not be before 2000")
    return at


def _wrong(field: str, message: str) -> BadRequest:
    return BadRequest(f"{field} {message}", FieldError(field, message))
