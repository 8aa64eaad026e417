"""Whose account at a provider is, decided by the state at the moment of the commit.

An account is its customer's from its first sign-in on. A new one is added to the customer who is signed in; else to the customer who has
verified the same email address, if the provider is an authority for it; else it opens an account of its own, and the address, if the
provider proves one, goes to it as to anybody who proves it by a code (`ownership.assign`).
"""

from collections.abc import Sequence
from typing import NamedTuple, Self

from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb, keys
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock, provider_settings
from customer_auth.base.account_errors import IdentityExists
from customer_auth.base.client import Client
from customer_auth.base.errors import NotAuthenticated, Unavailable
from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.customers import (
    customer_items,
    customer_provider_items,
    customers,
    identity_items,
    ownership,
    provider_account_items,
    referral_items,
    referrals,
)
from customer_auth.customers.customers import Customer, Names
from customer_auth.customers.ownership import AddressState
from customer_auth.customers.provider_account_items import LinkedAccount
from customer_auth.flows import provider_changes
from customer_auth.flows.deletion_refusal import deletion_pending
from customer_auth.messaging.kinds import Kind
from customer_auth.sessions import session_items, sessions
from customer_auth.sessions.sessions import Caller
from customer_auth.social import provider_name_items, provider_tokens
from customer_auth.social.provider import ProviderAccount
from customer_auth.social.sign_in_states import PendingState


class ProviderProof(NamedTuple):
    """Somebody who has just proven an account at a provider, and with it perhaps an email address; with `caller`, in their session."""

    account: ProviderAccount
    address: Address | None
    caller: Caller | None
    client: Client
    referral_code: str | None

    @property
    def key(self) -> str:
        return keys.provider_account_key(self.account.provider, self.account.sub)

    def with_current_caller(self) -> Self:
        """The same, with the caller's customer as now. Raises: NotAuthenticated (their session has ended), Unavailable, aws.Failed."""
        if self.caller is None:
            return self
        live = sessions.find(self.caller.customer.id, self.caller.session.family)
        if live is None:
            raise NotAuthenticated("session_ended")
        session, customer = live
        return self._replace(caller=self.caller._replace(customer=customer, session=session))


class AccountState(NamedTuple):
    """What is stored about a proof, as of one read: the account, the owner of the address, and the customer whom either names.

    `names` are those that Apple's form has brought.
    """

    linked: LinkedAccount | None
    address: AddressState
    customer: Customer | None
    names: Names


class AccountAssignment(NamedTuple):
    """Whom the account signs in, and the transaction parts that make it so; `condition_checks` go to its end."""

    customer: Customer
    writes: list[Write]
    condition_checks: Sequence[Write] = ()
    is_new: bool = False
    ends_devices_of: Address | None = None


def read(proof: ProviderProof, state: PendingState) -> AccountState:
    """Two reads: the account and the address, then the customer whom they name. Raises: Unavailable, aws.Failed."""
    address, is_apple = proof.address, proof.account.provider == provider_settings.APPLE
    identity_keys = identity_items.keys_of(address) if address else []
    name_keys = [provider_name_items.ref(state.hash)] if is_apple else []
    linked_item, *items = dynamodb.batch_get([provider_account_items.ref(proof.key), *identity_keys, *name_keys])
    linked = provider_account_items.from_item(proof.key, linked_item)
    identity = identity_items.from_items(address, items[: len(identity_keys)]) if address else None
    customer_id = linked.customer_id if linked else identity.customer_id if identity else None
    [item] = dynamodb.batch_get([customer_items.key(customer_id)]) if customer_id else [None]
    customer = customer_items.from_item(item)
    if customer is None and (linked or (identity and identity.owner)):
        raise Unavailable("identity_without_customer")
    names = provider_name_items.from_item(items[-1] if is_apple else None)
    return AccountState(linked, AddressState(identity, None if linked else customer), customer, names)


def assign(proof: ProviderProof, known: AccountState) -> AccountAssignment:
    """Whom the account signs in.

    Raises: IdentityExists, AccountDeletionPending, WrongProviderProof, BadRequest (the referral code), Unavailable, aws.Failed.
    """
    if known.linked and known.customer:
        return _sign_in(proof, known.linked, known.customer)
    if proof.caller:
        session = proof.caller.session
        return _link(proof, proof.caller.customer, [session_items.is_there(session.customer_id, session.family)])
    owner, identity = known.address.owner, known.address.identity
    if owner and identity:
        return _link(proof, owner, [identity_items.is_still_owned(identity)])
    return _sign_up(proof, known)


def _sign_in(proof: ProviderProof, linked: LinkedAccount, customer: Customer) -> AccountAssignment:
    if proof.caller and proof.caller.customer.id != customer.id:
        raise IdentityExists("another_customers")
    if linked.suspended_at:
        raise WrongProviderProof("suspended")
    _check_may_sign_in(customer)
    return AccountAssignment(customer.with_session(), [customer_items.begin_session(customer), _keep(linked, proof)])


def _keep(linked: LinkedAccount, proof: ProviderProof) -> Write:
    """The account stays its customer's; a refresh token takes the place of one that was revoked. Raises: aws.Failed."""
    token = proof.account.refresh_token
    if token is None or linked.refresh_token is not None:
        return provider_account_items.may_sign_in(linked)
    return provider_account_items.keep_token(linked, provider_tokens.encrypt(token, linked.customer_id))


def _link(proof: ProviderProof, customer: Customer, owner_checks: list[Write]) -> AccountAssignment:
    """Add the account to a customer's, who is notified."""
    accounts, provider = customer.provider_accounts or {}, proof.account.provider
    _check_may_sign_in(customer)
    if provider in accounts:
        raise IdentityExists("another_account")
    linked = customer.with_session()._replace(provider_accounts={**accounts, provider: proof.key})
    writes = [
        customer_provider_items.link(customer, linked.provider_accounts or {}),
        provider_account_items.put_new(_new_account(proof, customer)),
        *owner_checks,
        *provider_changes.notify(Kind.PROVIDER_ADDED, customer, proof.client.locale),
    ]
    return AccountAssignment(linked, writes)


def _sign_up(proof: ProviderProof, known: AccountState) -> AccountAssignment:
    """A new customer, whose the address becomes if the provider proves one that nobody has verified."""
    names = Names(*(new or old for new, old in zip(known.names, proof.account.names, strict=True)))
    accounts = {proof.account.provider: proof.key}
    if proof.address:
        assignment = ownership.assign(
            proof.address,
            known.address,
            names,
            referral_code=proof.referral_code,
            provider_accounts=accounts,
            begins_session=True,
        )
        customer, writes, condition_checks = assignment.customer, assignment.writes, assignment.condition_checks
    else:
        customer = customers.new(names)._replace(provider_accounts=accounts).with_session()
        customer, condition_checks = referrals.resolve(customer, proof.referral_code)
        writes = [customer_items.put_new(customer), referral_items.put(customer)]
    account = _new_account(proof, customer)._replace(gave_names=any(names) or None)
    writes = [*writes, provider_account_items.put_new(account)]
    return AccountAssignment(customer, writes, condition_checks, is_new=True, ends_devices_of=proof.address)


def _new_account(proof: ProviderProof, customer: Customer) -> LinkedAccount:
    """The account as it is stored for this customer. Raises: aws.Failed (the refresh token cannot be encrypted)."""
    token = proof.account.refresh_token
    sealed = provider_tokens.encrypt(token, customer.id) if token else None
    return LinkedAccount(proof.key, proof.account.provider, customer.id, clock.now(), proof.account.email, sealed)


def _check_may_sign_in(customer: Customer) -> None:
    if not customer.may_sign_in:
        raise deletion_pending(customer)
