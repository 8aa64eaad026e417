"""A forgotten password: the reset token that was sent to an address sets a new one, once; it proves the address like any other code.

A token is bound to the password that it replaces: whatever changes that, or the account's addresses, ends the token.
"""

from typing import NamedTuple

from customer_auth import audit
from customer_auth.addresses.address import Address
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock
from customer_auth.base.account_errors import AccountDeletionPending
from customer_auth.base.client import Client
from customer_auth.base.errors import WrongCode
from customer_auth.customers import customer_items, identity_items, identity_password_items, ownership, registration_items
from customer_auth.customers.customers import Customer
from customer_auth.customers.ownership import AddressState
from customer_auth.flows.deletion_refusal import deletion_pending
from customer_auth.messaging import notification_items
from customer_auth.messaging.kinds import Kind
from customer_auth.otp import attempts, devices, redemption
from customer_auth.otp.proofs import CodeAttempt, Proof, Repeat
from customer_auth.otp.purposes import Purpose
from customer_auth.passwords import hashing
from customer_auth.tokens import reset_tokens


class _Plan(NamedTuple):
    """Whose the password becomes, by which writes, and whose devices end."""

    customer_id: str
    writes: list[Write]
    ends_devices_of: list[Address]


def complete(token: str, address: Address, password: str, key: str | None, client: Client) -> str:
    """Set the password by a token that was sent to the address; returns a device. Every session, reset and earlier device has ended.

    Raises: BadRequest (the password), WrongCode; AccountDeletionPending, Unavailable and aws.Failed, after which the token can still be
    used.
    """
    hashing.check("password", password, [address])
    challenge, code = reset_tokens.parse(token)
    proof = attempts.verify_code(Purpose.RESET, address, CodeAttempt(code, challenge, key, client))
    if isinstance(proof, Repeat):
        return devices.issue(proof.address, at=proof.record.at)
    password_hash = hashing.hash_password(password)
    return redemption.retry_on_conflict(proof, lambda _: _complete(proof, password_hash), AccountDeletionPending)


def _complete(proof: Proof, password_hash: str) -> str:
    state = ownership.read(proof.address, proof.challenge.customer_id)
    identity = state.identity
    if identity is None or proof.challenge.revision != (identity.revision if identity.proven_at else None):
        raise WrongCode("superseded")
    if state.owner and not state.owner.may_sign_in:
        raise deletion_pending(state.owner)
    plan = _plan(proof, state, password_hash)
    repeat = redemption.redeem(proof, plan.writes, customer_id=plan.customer_id, ends_devices_of=plan.ends_devices_of)
    audit.count("verified")
    return devices.issue(proof.address, at=repeat.record.at if repeat else clock.now())


def _plan(proof: Proof, state: AddressState, password_hash: str) -> _Plan:
    """The owner's password changes; a registration without a customer gets it; otherwise the address becomes a new customer's."""
    address, (identity, customer) = proof.address, state
    if state.owner:
        return _plan_for_owner(proof, state.owner, password_hash)
    notification = notification_items.put_new(Kind.PASSWORD_CHANGED, address, proof.challenge.locale, fallback=None)
    if identity and identity.registration and customer is None:
        verified = identity_items.put_verified_registration(address, identity, password_hash)
        set_password = registration_items.set_password(identity.registration, password_hash)
        return _Plan("", [*verified, set_password, notification], [address])
    assignment = ownership.assign(address, state, password_hash=password_hash)
    return _Plan(assignment.customer.id, [*assignment.writes, notification], [address])


def _plan_for_owner(proof: Proof, owner: Customer, password_hash: str) -> _Plan:
    changed = owner._replace(password_hash=password_hash, session_epoch=owner.session_epoch + 1, updated_at=clock.now())
    fallback = owner.other_verified_address(proof.address)
    writes = [
        customer_items.update_and_end_sessions(owner, changed, ["password_hash"]),
        *(identity_password_items.replace(identity, password_hash) for _, identity in ownership.identities_of(owner)),
        notification_items.put_new(Kind.PASSWORD_CHANGED, proof.address, proof.challenge.locale, fallback=fallback),
    ]
    return _Plan(owner.id, writes, owner.verified_addresses)
