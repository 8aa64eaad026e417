"""Customers: who they are, what of theirs is proven, and whether they may sign in."""

from enum import StrEnum
from typing import Any, NamedTuple

from customer_auth.addresses import phone
from customer_auth.addresses.address import Address, Channel
from customer_auth.base import clock, ids

# A registration, and a customer who has proven nothing and had no session, lapse after this.
LAPSES_SECONDS = 30 * clock.DAY
# Live sessions of one customer: more than anybody's devices, few enough to be listed and erased.
MOST_SESSIONS = 50


class Status(StrEnum):
    """Where in its life an account is."""

    ACTIVE = "active"
    DELETION_CONFIRMED = "deletion_confirmed"  # until it is due it may be cancelled
    ERASING = "erasing"  # and from here on it goes


class Names(NamedTuple):
    """What a person calls themselves."""

    first_name: str | None = None
    last_name: str | None = None


class Customer(NamedTuple):
    """One customer. An `email` or `phone` that is not verified is merely claimed; times in epoch seconds.

    `sessions_begun` counts every session, ended or not, so that a later one ends the oldest (`sessions`).
    `referrers` are the ids of the one who referred this customer, of who referred that one, and so on. `expires_at` is when a customer
    lapses who has proven nothing and never had a session. `deletion` is the id of a requested deletion, which lapses at
    `deletion_lapses_at` while it is not confirmed, and `deletions` are those of the cancelled ones.
    """

    id: str
    email: str | None
    phone: str | None
    email_verified: bool
    phone_verified: bool
    first_name: str | None
    last_name: str | None
    company_name: str | None
    metadata: dict[str, Any]
    roles: list[str]
    status: str
    session_epoch: int
    created_at: int
    updated_at: int
    referral_code: str
    referrers: list[str]
    password_hash: str | None = None
    expires_at: int | None = None
    registration: str | None = None
    deletion: str | None = None
    deletion_lapses_at: int | None = None
    deletions: list[str] | None = None
    sessions_begun: int = 0

    @property
    def may_sign_in(self) -> bool:
        return self.status == Status.ACTIVE

    @property
    def has_proven(self) -> bool:
        """Whether any address is proven; who has proven nothing owns nothing."""
        return self.email_verified or self.phone_verified

    @property
    def left_to_verify(self) -> list[Channel]:
        """The channels of the addresses that are merely claimed."""
        return [each.channel for each in self.unverified_addresses]

    @property
    def verified_addresses(self) -> list[Address]:
        """The addresses that are the customer's. What hangs on an address (codes, windows, devices) is its owner's alone."""
        return self._addresses(verified=True)

    @property
    def unverified_addresses(self) -> list[Address]:
        """The addresses that the customer merely gave: they may be anybody's, so nothing of them is told, ended or erased."""
        return self._addresses(verified=False)

    def has_verified(self, address: Address) -> bool:
        """Whether the address is the customer's, in whatever spelling."""
        return any(each.key == address.key for each in self.verified_addresses)

    def has_unverified(self, address: Address) -> bool:
        """Whether the customer merely gave the address, in whatever spelling."""
        return any(each.key == address.key for each in self.unverified_addresses)

    def proven(self, *, prefer: Channel) -> Address | None:
        """A verified address, of this channel where there is one."""
        found = {each.channel: each for each in self.verified_addresses}
        return found.get(prefer) or next(iter(found.values()), None)

    def verified_beside(self, address: Address) -> Address | None:
        """Another verified address of theirs, where there is one."""
        return next((each for each in self.verified_addresses if each.key != address.key), None)

    def unverified(self, channel: Channel) -> Address | None:
        """The address of this channel that the customer merely gave, if there is one."""
        return next((each for each in self.unverified_addresses if each.channel is channel), None)

    def _addresses(self, *, verified: bool) -> list[Address]:
        """Those that are verified, or those that are not, as they were parsed when they came."""
        spelled = {Channel.PHONE: self.phone, Channel.EMAIL: self.email}
        return [
            address_of(channel, spelling) for channel, spelling in spelled.items() if spelling and self.is_verified(channel) is verified
        ]

    def is_verified(self, channel: Channel) -> bool:
        return self.phone_verified if channel is Channel.PHONE else self.email_verified

    def with_session(self) -> "Customer":
        """The same customer with one more session begun."""
        return self._replace(sessions_begun=self.sessions_begun + 1)

    def with_address(self, address: Address, *, verified: bool) -> "Customer":
        """The same customer with this address in the place of the channel's last one."""
        if address.channel is Channel.PHONE:
            return self._replace(phone=address.value, phone_verified=verified)
        return self._replace(email=address.spelling, email_verified=verified)

    def without_address(self, channel: Channel) -> "Customer":
        """The same customer without an address of this channel."""
        if channel is Channel.PHONE:
            return self._replace(phone=None, phone_verified=False)
        return self._replace(email=None, email_verified=False)


def address_of(channel: Channel, spelling: str) -> Address:
    """The address that a stored spelling is. It was parsed when it came; settings since then may refuse it to others."""
    if channel is Channel.EMAIL:
        return Address(channel, spelling.lower(), spelling)
    return phone.from_stored(spelling)


def new(names: Names, *, address: Address | None = None) -> Customer:
    """A customer of whom nothing is known but the names and, where there is one, an address just proven; not stored yet."""
    now = clock.now()
    made = Customer(
        id=ids.new("cus_"),
        email=None,
        phone=None,
        email_verified=False,
        phone_verified=False,
        first_name=names.first_name,
        last_name=names.last_name,
        company_name=None,
        metadata={},
        roles=[],
        status=Status.ACTIVE,
        session_epoch=0,
        created_at=now,
        updated_at=now,
        referral_code=ids.new_code(),
        referrers=[],
    )
    return made.with_address(address, verified=True) if address else made
