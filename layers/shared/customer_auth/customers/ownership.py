"""Whose an address is once somebody has proven it, decided by the state at that moment.

Who merely claims an address owns nothing of it. A customer who has proven nothing becomes the owner's, with nothing of the old one left;
from one who has proven something else, or whose account is being erased, the address is taken off, and the owner gets an account of
their own. Devices that were given for the address before are ended by the same transaction (see `redemption.redeem`).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base.errors import Unavailable
from customer_auth.customers import cleanup_items, customer_items, customers, identity_items, referral_items, referrals
from customer_auth.customers.customers import Customer, Names, Status
from customer_auth.customers.identity_items import Identity
from customer_auth.passwords import password_attempt_items


class AddressState(NamedTuple):
    """What an address is as of one moment: its item, and the customer who has proven or claims it."""

    identity: Identity | None
    customer: Customer | None

    @property
    def owner(self) -> Customer | None:
        """Whose the address is."""
        return self.customer if self.identity and self.identity.owner else None


class Assignment(NamedTuple):
    """Whose the address becomes, and the parts of the transaction that make it so: first the customer's, then the address's.

    `condition_checks` are for the end of it: without them nobody referred the customer (see `referrals.refused`).
    """

    customer: Customer
    writes: list[Write]
    condition_checks: Sequence[Write] = ()
    is_new: bool = False


type Read = Callable[[Sequence[tuple[str, Item]]], list[Item | None]]


def read(address: Address, hint: str | None = None, *, first: Read = dynamodb.batch_get) -> AddressState:
    """The address's item and its customer in one read; a second one only where the hint of whose it is is wrong or missing.

    `first` does the first of them, and may read something else with it. Raises: what it raises, Unavailable, aws.Failed.
    """
    places = identity_items.keys_of(address)
    items = first([*places, *([customer_items.key(hint)] if hint else ())])
    identity, hinted = identity_items.identity(address, items[: len(places)]), items[len(places) :]
    if identity is None or identity.customer_id is None:
        return AddressState(identity, None)
    customer = customer_items.customer(hinted[0]) if hinted and hint == identity.customer_id else None
    if customer is None:
        customer = customer_items.customer(dynamodb.batch_get([customer_items.key(identity.customer_id)])[0])
    if customer is None and identity.owner:
        raise Unavailable("identity_without_customer")
    return AddressState(identity, customer)


def confirm(identity: Identity, owner: Customer) -> Assignment:
    """The owner stays and begins a session, if the address is still theirs and they are as they were read."""
    return Assignment(owner.with_session(), [customer_items.begin_session(owner), identity_items.is_of(identity)])


def assign(
    address: Address,
    state: AddressState,
    names: Names | None = None,
    *,
    referral_code: str | None = None,
    password_hash: str | None = None,
    begins_session: bool = False,
) -> Assignment:
    """The address, which nobody owns, becomes that of a new customer, or of the one who claims it and has proven nothing.

    A password that a proven registration came by stays, for its owner has set it. An account that is being erased goes on to its end.
    Raises: BadRequest (the referral code), aws.Failed.
    """
    identity, holder = state
    kept = identity.password_hash if identity and identity.proven_at else None
    made = customers.new(names or Names(), address=address)._replace(password_hash=password_hash or kept)
    taken_over = holder if holder and _may_be_taken_over(holder, address) else None
    if taken_over:
        made = made._replace(id=taken_over.id, session_epoch=taken_over.session_epoch + 1, referral_code=taken_over.referral_code)
    made, condition_checks = referrals.follow(made.with_session() if begins_session else made, referral_code)
    writes = [
        customer_items.take_over(taken_over, made) if taken_over else customer_items.put_new(made),
        *identity_items.prove(address, made, identity),
        referral_items.put(made),
        *(_forget(taken_over, made) if taken_over else release_unverified(address, state)),
    ]
    return Assignment(made, writes, condition_checks, is_new=True)


def _may_be_taken_over(holder: Customer, address: Address) -> bool:
    return holder.has_unverified(address) and not holder.has_proven and holder.status != Status.ERASING


def _forget(taken_over: Customer, made: Customer) -> list[Write]:
    """What is kept under the customer's id beside the customer: password attempts go now, sessions, of which there may be many, soon."""
    return [password_attempt_items.delete(taken_over.id), cleanup_items.put_new(made.id, below_epoch=made.session_epoch)]


def release_unverified(address: Address, state: AddressState) -> list[Write]:
    """The part of a transaction that takes the address off who merely claims it, and keeps the rest."""
    holder = state.customer
    unverified = holder.unverified(address.channel) if holder else None
    return [customer_items.take_off(holder, unverified)] if holder and unverified and unverified.key == address.key else []


def own(customer: Customer) -> list[tuple[Address, Identity]]:
    """The addresses whose items name this customer: verified ones, and unverified ones whose newest registration is theirs.

    Their passwords are the customer's own. One read. Raises: Unavailable, aws.Failed.
    """
    addresses = [*customer.verified_addresses, *customer.unverified_addresses]
    found = identity_items.find_all(addresses)
    return [(address, found[address]) for address in addresses if address in found and found[address].customer_id == customer.id]
