"""Who owns an address once somebody has proven it, decided by the state at that moment.

An unverified address belongs to nobody. If the customer who gave it has verified nothing at all, whoever proves it takes that customer
over, and nothing of the previous one stays. If that customer has verified something else, or is being erased, the address is removed from
them, and whoever proves it gets an account of their own. The same transaction ends every device issued for the address before (see
`redemption.redeem`).
Having verified something is having verified an address, or being able to sign in by a provider.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base.errors import Unavailable
from customer_auth.customers import (
    cleanup_items,
    customer_address_items,
    customer_items,
    customers,
    identity_items,
    referral_items,
    referrals,
)
from customer_auth.customers.customers import Customer, Names, Status
from customer_auth.customers.identity_items import Identity
from customer_auth.passwords import password_attempt_items


class AddressState(NamedTuple):
    """An address as of one read: its identity, and the customer that the identity names, verified or not."""

    identity: Identity | None
    customer: Customer | None

    @property
    def owner(self) -> Customer | None:
        """The customer who has verified the address."""
        return self.customer if self.identity and self.identity.owner else None


# The identity's position in the `writes` of an Assignment, and in the items of its WriteConflict.
IDENTITY_PART = 1


class Assignment(NamedTuple):
    """Who gets the address, and the transaction parts that make it so: first the customer's, then the identity's.

    `condition_checks` go to the end of the transaction; they insist on the referrer (see `referrals.have_failed`).
    """

    customer: Customer
    writes: list[Write]
    condition_checks: Sequence[Write] = ()
    is_new: bool = False


type Read = Callable[[Sequence[tuple[str, Item]]], list[Item | None]]


def read(address: Address, hint: str | None = None, *, first: Read = dynamodb.batch_get) -> AddressState:
    """Read the address's identity and its customer together; a second read follows only if `hint`, the customer's id, is wrong or missing.

    `first` performs the first read, and may read something else with it. Raises: what `first` raises, Unavailable, aws.Failed.
    """
    identity_keys = identity_items.keys_of(address)
    items = first([*identity_keys, *([customer_items.key(hint)] if hint else ())])
    identity, hinted = identity_items.from_items(address, items[: len(identity_keys)]), items[len(identity_keys) :]
    if identity is None or identity.customer_id is None:
        return AddressState(identity, None)
    customer = customer_items.from_item(hinted[0]) if hinted and hint == identity.customer_id else None
    if customer is None:
        customer = customer_items.from_item(dynamodb.batch_get([customer_items.key(identity.customer_id)])[0])
    if customer is None and identity.owner:
        raise Unavailable("identity_without_customer")
    return AddressState(identity, customer)


def confirm(identity: Identity, owner: Customer) -> Assignment:
    """Leave the address with its owner, who begins a session; the transaction fails if either has changed since it was read."""
    return Assignment(owner.with_session(), [customer_items.begin_session(owner), identity_items.is_still_owned(identity)])


def assign(
    address: Address,
    state: AddressState,
    names: Names | None = None,
    *,
    referral_code: str | None = None,
    password_hash: str | None = None,
    provider_accounts: dict[str, str] | None = None,
    begins_session: bool = False,
) -> Assignment:
    """Give an address that nobody owns to a new customer, who takes over the id of whoever gave it and has verified nothing.

    A verified registration's password stays, because the owner has set it. Raises: BadRequest (the referral code), aws.Failed.
    """
    owners_password = state.identity.password_hash if state.identity and state.identity.proven_at else None
    customer = customers.new(names or Names(), address=address)
    customer = customer._replace(password_hash=password_hash or owners_password, provider_accounts=provider_accounts)
    customer, condition_checks = referrals.resolve(
        successor(customer.with_session() if begins_session else customer, address, state), referral_code
    )
    return assign_to(customer, address, state, condition_checks)


def successor(customer: Customer, address: Address, state: AddressState) -> Customer:
    """The new customer under the id of whoever gave the address and has verified nothing, if there is such a customer."""
    replaced = _replaceable(state.customer, address)
    return _as_successor(customer, replaced) if replaced else customer


def assign_to(
    customer: Customer, address: Address, state: AddressState, condition_checks: Sequence[Write] = (), *, registration: str | None = None
) -> Assignment:
    """Give an address that nobody owns to this new customer, who is a `successor`. `registration`: the one made with this address."""
    replaced = _replaceable(state.customer, address)
    writes = [
        customer_items.take_over(replaced, customer) if replaced else customer_items.put_new(customer),
        *identity_items.put_verified(address, customer, state.identity, registration=registration),
        referral_items.put(customer),
        *(_forget_predecessor(customer) if replaced else release_unverified(address, state)),
    ]
    return Assignment(customer, writes, condition_checks, is_new=True)


def _replaceable(previous: Customer | None, address: Address) -> Customer | None:
    """The customer who gave the address, if they have verified nothing and are not being erased."""
    if previous is None or not previous.has_unverified(address) or previous.has_proven_identity or previous.status == Status.ERASING:
        return None
    return previous


def _as_successor(customer: Customer, replaced: Customer) -> Customer:
    """The new customer under the id of the replaced one, whose sessions end."""
    return customer._replace(id=replaced.id, session_epoch=replaced.session_epoch + 1, referral_code=replaced.referral_code)


def _forget_predecessor(successor: Customer) -> list[Write]:
    """Parts of a transaction: delete the predecessor's password attempts, and schedule their sessions, perhaps many, for removal."""
    return [password_attempt_items.delete(successor.id), cleanup_items.put_new(successor.id, below_epoch=successor.session_epoch)]


def release_unverified(address: Address, state: AddressState) -> list[Write]:
    """Part of a transaction, if needed: removes the address from the customer who gave it, who keeps everything else."""
    customer = state.customer
    unverified = customer.unverified_address(address.channel) if customer else None
    if customer is None or unverified is None or unverified.key != address.key:
        return []
    return [customer_address_items.remove_unverified(customer, unverified)]


def identities_of(customer: Customer) -> list[tuple[Address, Identity]]:
    """The customer's addresses whose identities name this customer: verified ones, and unverified ones whose newest registration is theirs.

    The passwords of these identities are copies of the customer's. One read. Raises: Unavailable, aws.Failed.
    """
    identities = identity_items.find_all([*customer.verified_addresses, *customer.unverified_addresses])
    return [(address, identity) for address, identity in identities.items() if identity.customer_id == customer.id]
