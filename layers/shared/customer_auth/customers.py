"""Customers: who they are, what of theirs is proven, and whether they may sign in."""

from enum import StrEnum
from typing import Any, NamedTuple

from customer_auth import clock, ids
from customer_auth.address import Address, Channel


class Status(StrEnum):
    """Where in its life an account is."""

    ACTIVE = "active"
    DELETION_CONFIRMED = "deletion_confirmed"


class Names(NamedTuple):
    """What a person calls themselves."""

    first_name: str | None = None
    last_name: str | None = None


class Customer(NamedTuple):
    """One customer. `email` and `phone` are in the spelling that was proven; times in epoch seconds."""

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

    @property
    def may_sign_in(self) -> bool:
        return self.status == Status.ACTIVE


def new(proven: Address, names: Names) -> Customer:
    """A customer of whom nothing is known but the address just proven; not stored yet."""
    now = clock.now()
    by_phone = proven.channel is Channel.PHONE
    return Customer(
        id=ids.new("cus_"),
        email=None if by_phone else proven.spelling,
        phone=proven.spelling if by_phone else None,
        email_verified=not by_phone,
        phone_verified=by_phone,
        first_name=names.first_name,
        last_name=names.last_name,
        company_name=None,
        metadata={},
        roles=[],
        status=Status.ACTIVE,
        session_epoch=0,
        created_at=now,
        updated_at=now,
    )
