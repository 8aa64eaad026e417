"""Signing in by password. Every guess is counted before it is compared; a right one is taken out again.

An unknown address, one that is merely claimed and one without a password are refused alike, by the same work.
"""

from typing import NamedTuple

from customer_auth import audit, aws
from customer_auth.addresses.address import Address
from customer_auth.aws import dynamodb, secret_keys
from customer_auth.base import settings
from customer_auth.base.client import Client
from customer_auth.base.errors import (
    AccountDeletionPending,
    DeletionPendingHere,
    RegistrationIncomplete,
    Unavailable,
    VerificationRequired,
    WrongPassword,
    login_not_enabled,
)
from customer_auth.customers import customer_items, identity_items, identity_password_items, ownership, referral_items
from customer_auth.customers.customers import Customer
from customer_auth.customers.identity_items import Identity
from customer_auth.otp import client_items, code_items, devices, password_window_items
from customer_auth.otp.challenges import CodeItemRef
from customer_auth.otp.code_items import DeviceEnded
from customer_auth.passwords import hashing
from customer_auth.sessions import session_items, sessions
from customer_auth.sessions.sessions import TokenPair
from customer_auth.tokens import cancel_tokens, registration_tokens

_ROUNDS = 3


class SignedIn(NamedTuple):
    """A session that has just begun; a device is known from now on where the address is proven."""

    token_pair: TokenPair
    device: str | None


def enter(address: Address, password: str, client: Client, issuer: str) -> SignedIn:
    """Sign in who has this password, by an address that may sign in.

    Raises: WrongPassword, Throttled, BadRequest (not by this channel), and once the password was right: VerificationRequired,
    RegistrationIncomplete, AccountDeletionPending; Unavailable, aws.Failed.
    """
    audit.note(address=address)
    ref = _counted(address, client)
    identity = identity_items.find(address)
    right = hashing.matches(identity.password_hash if identity else None, password)
    allowed = address.channel in settings.service().login_channels
    if identity is None or not right:
        raise WrongPassword("wrong_password") if allowed else login_not_enabled(address.channel)
    if refusal := _refused(address, identity, allowed=allowed):
        _take_out(ref, client)
        raise refusal
    return _enter(address, identity, password, ref, client, issuer)


def _counted(address: Address, client: Client) -> CodeItemRef:
    client_items.count_password_attempt(client.bucket)
    ref = code_items.ref_of(client, address)
    try:
        password_window_items.count_attempt(ref)
    except DeviceEnded:
        ref = CodeItemRef.untrusted(address)
        password_window_items.count_attempt(ref)
    audit.note(lane=ref.lane)
    return ref


def _take_out(ref: CodeItemRef, client: Client) -> None:
    """The password was right, so it counts nowhere. Best effort: one more counted is the safe side."""
    try:
        dynamodb.transact([password_window_items.refund_attempt(ref), *client_items.refund_password_attempt(client.bucket)])
    except (aws.Failed, dynamodb.TransactionFailed):
        audit.note(refund="failed")


def _refused(address: Address, identity: Identity, *, allowed: bool) -> Exception | None:
    """Why a right password opens nothing yet."""
    if identity.customer_id is None:
        return RegistrationIncomplete(token=registration_tokens.issue(identity.registration or "", identity.password_hash or ""))
    if not identity.proven_at and (settings.service().require_verification or not allowed):
        return VerificationRequired(customer_id=identity.customer_id)
    if allowed:
        return None
    customer = customer_items.find(identity.customer_id)
    left = customer.left_to_verify if customer and identity.registration else []
    return VerificationRequired(customer_id=identity.customer_id) if left else login_not_enabled(address.channel)


def _enter(address: Address, identity: Identity, password: str, ref: CodeItemRef, client: Client, issuer: str) -> SignedIn:
    customer = customer_items.find(identity.customer_id or "")
    for _ in range(_ROUNDS):
        customer = _checked(customer, identity, ref, client)
        counted = customer.with_session()
        session, refresh = sessions.draft(
            counted, ["pwd"], client=client.label, derivation_key_version=secret_keys.derivation_key_version()
        )
        token_pair = sessions.token_pair(counted, session, refresh, issuer)  # signed before anything is written
        writes = [
            identity_password_items.confirm(identity),
            customer_items.begin_session_by_password(customer),
            session_items.put_new(session),
            password_window_items.refund_attempt(ref),
            *client_items.refund_password_attempt(client.bucket),
            # With the first session of a claim its customer stays, and so does the customer's referral code.
            *([] if identity.is_taken else [referral_items.put(customer._replace(expires_at=None))]),
        ]
        try:
            dynamodb.transact(writes)
        except dynamodb.TransactionFailed as failed:
            if failed.items[2] is not None:
                break  # a transaction whose answer was lost was repeated
            other_identity, other_customer, *_ = failed.items
            if other_identity is not None:
                identity = _read_again(address, identity)
            if other_identity is None or other_customer is not None:
                customer = customer_items.from_item(other_customer)
            continue
        break
    else:
        raise Unavailable("changed_too_often")
    audit.count("verified", sid=session.family)
    _rehash(identity, password)
    return SignedIn(token_pair, devices.issue(address, at=session.begun_at) if identity.proven_at else None)


def _read_again(address: Address, identity: Identity) -> Identity:
    """The address as it is now, which may have been moved to today's key. Raises: WrongPassword (changed), Unavailable, aws.Failed."""
    found = identity_items.find(address)
    if found is None or (found.customer_id, found.password_hash) != (identity.customer_id, identity.password_hash):
        raise WrongPassword("changed")
    return found


def _checked(customer: Customer | None, identity: Identity, ref: CodeItemRef, client: Client) -> Customer:
    """The customer, if this is still their password and they may sign in. Raises: WrongPassword, AccountDeletionPending."""
    if customer is None or customer.password_hash != identity.password_hash:
        raise WrongPassword("changed")
    if customer.may_sign_in:
        return customer
    _take_out(ref, client)
    if customer.has_any_verified or not customer.deletion:
        raise AccountDeletionPending
    raise DeletionPendingHere(cancel_token=cancel_tokens.issue(customer.id, customer.deletion))


def _rehash(identity: Identity, password: str) -> None:
    """Keep the password by today's parameters, if it is still the same. Best effort: the next sign-in tries again."""
    if identity.password_hash is None or not hashing.is_outdated(identity.password_hash):
        return
    try:
        customer = customer_items.find(identity.customer_id or "")
        if customer is None or customer.password_hash != identity.password_hash:
            return
        anew = hashing.hashed(password)
        identities = [identity_password_items.rehash(read, anew) for _, read in ownership.identities_of(customer)]
        dynamodb.transact([customer_items.rehash(customer, anew), *identities])
    except (aws.Failed, Unavailable, dynamodb.TransactionFailed):
        audit.note(reason="not_rehashed")
