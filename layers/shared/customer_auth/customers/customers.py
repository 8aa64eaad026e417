"""Customers: who they are, which of their addresses are verified, and whether they may sign in."""

from enum import StrEnum
from typing import Any, NamedTuple

from customer_auth.addresses import phone
from customer_auth.addresses.address import Address, Channel
from customer_auth.base import clock, ids

# A registration, and a customer who has verified nothing and had no session, lapse after this long.
LAPSE_AFTER_SECONDS = 30 * clock.DAY
# Live sessions of one customer: more than anybody has devices, and few enough to list and erase.
MAX_SESSIONS = 50


class Status(StrEnum):
    """Where in its life an account is."""

    ACTIVE = "active"
    DELETION_CONFIRMED = "deletion_confirmed"  # it can be cancelled until its erasure begins, at the first hourly run after it is due
    ERASING = "erasing"  # it can no longer be cancelled


class Names(NamedTuple):
    """A person's names."""

    first_name: str | None = None
    last_name: str | None = None


class Customer(NamedTuple):
    """One customer. An unverified `email` or `phone` may be somebody else's. Times in epoch seconds.

    `sessions_begun` counts every session, ended or not, so that a new one can end the oldest (see `sessions`). `referrers` are the ids of
    this customer's referrer, of the referrer's referrer, and so on. `expires_at` is when a customer lapses who has verified nothing and
    never had a session. `deletion` is the id of the current deletion request, which lapses at `deletion_lapses_at` until it is confirmed;
    `deletions` are the ids of the cancelled ones. `provider_accounts` has, for each provider that the customer can sign in by, the key of
    the item of their account there (`provider_account_items`). `consents` are events, the oldest first (see `consents`).
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
    provider_accounts: dict[str, str] | None = None
    consents: list[dict[str, Any]] | None = None

    @property
    def may_sign_in(self) -> bool:
        return self.status == Status.ACTIVE

    @property
    def has_any_verified(self) -> bool:
        """Whether any address is verified."""
        return self.email_verified or self.phone_verified

    @property
    def has_proven_identity(self) -> bool:
        """Whether the customer has proven who they are, by an address or a provider; one who never did owns nothing."""
        return self.has_any_verified or bool(self.provider_accounts)

    @property
    def ways_in(self) -> int:
        """How many verified addresses and provider accounts the customer can sign in by."""
        return len(self.verified_addresses) + len(self.provider_accounts or ())

    @property
    def left_to_verify(self) -> list[Channel]:
        """The channels of the unverified addresses."""
        return [each.channel for each in self.unverified_addresses]

    @property
    def verified_addresses(self) -> list[Address]:
        """The addresses that the customer owns. What belongs to an address (codes, windows, devices) belongs to its owner."""
        return self._addresses(verified=True)

    @property
    def unverified_addresses(self) -> list[Address]:
        """The other addresses. They may be anybody's, so nothing that belongs to them is shown, ended or erased."""
        return self._addresses(verified=False)

    def has_verified(self, address: Address) -> bool:
        """Whether the address is one of the verified ones, in whatever spelling."""
        return any(each.key == address.key for each in self.verified_addresses)

    def has_unverified(self, address: Address) -> bool:
        """Whether the address is one of the unverified ones, in whatever spelling."""
        return any(each.key == address.key for each in self.unverified_addresses)

    def verified_address(self, *, prefer: Channel) -> Address | None:
        """A verified address, preferably of this channel."""
        by_channel = {each.channel: each for each in self.verified_addresses}
        return by_channel.get(prefer) or next(iter(by_channel.values()), None)

    def other_verified_address(self, address: Address) -> Address | None:
        """A verified address other than this one, if there is one."""
        return next((each for each in self.verified_addresses if each.key != address.key), None)

    def unverified_address(self, channel: Channel) -> Address | None:
        """The unverified address of this channel, if there is one."""
        return next((each for each in self.unverified_addresses if each.channel is channel), None)

    def _addresses(self, *, verified: bool) -> list[Address]:
        """The verified addresses, or the others, as they were parsed when they were first given."""
        spellings = {Channel.PHONE: self.phone, Channel.EMAIL: self.email}
        return [
            address_of(channel, spelling) for channel, spelling in spellings.items() if spelling and self.is_verified(channel) is verified
        ]

    def is_verified(self, channel: Channel) -> bool:
        return self.phone_verified if channel is Channel.PHONE else self.email_verified

    def with_session(self) -> "Customer":
        """The same customer with one more session begun."""
        return self._replace(sessions_begun=self.sessions_begun + 1)

    def with_address(self, address: Address, *, verified: bool) -> "Customer":
        """The same customer with this address in place of the channel's previous one."""
        if address.channel is Channel.PHONE:
            return self._replace(phone=address.value, phone_verified=verified)
        return self._replace(email=address.spelling, email_verified=verified)


def address_of(channel: Channel, spelling: str) -> Address:
    """The address of a stored spelling. It is accepted even if today's settings would refuse it as input."""
    if channel is Channel.EMAIL:
        return Address(channel, spelling.lower(), spelling)
    return phone.from_stored(spelling)


def new(names: Names, *, address: Address | None = None) -> Customer:
    """A new customer, not stored yet, with these names and perhaps an address that has just been verified."""
    now = clock.now()
    customer = Customer(
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
    return customer.with_address(address, verified=True) if address else customer
