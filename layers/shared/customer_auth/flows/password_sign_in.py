"""Signing in by password. Every password is counted before it is compared; a right one is taken out of the windows again.

An unknown address, one that is not verified and one without a password are refused alike, after the same work.
"""

from typing import NamedTuple

from customer_auth import audit, aws
from customer_auth.addresses.address import Address
from customer_auth.aws import conflicts, dynamodb, secret_keys
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.base import settings
from customer_auth.base.account_errors import RegistrationIncomplete, VerificationRequired
from customer_auth.base.client import Client
from customer_auth.base.errors import Unavailable, WrongPassword, login_not_enabled
from customer_auth.customers import customer_items, identity_items, identity_password_items, ownership, referral_items
from customer_auth.customers.customers import Customer
from customer_auth.customers.identity_items import Identity
from customer_auth.flows.deletion_refusal import deletion_pending
from customer_auth.otp import client_items, devices, lanes, password_window_items
from customer_auth.otp.lanes import CodeItemRef
from customer_auth.passwords import hashing
from customer_auth.sessions import issuance, session_items
from customer_auth.sessions.issuance import TokenPair
from customer_auth.sessions.session_items import Session
from customer_auth.tokens import registration_tokens


class PasswordSignIn(NamedTuple):
    """A new session; on a device that is known from now on if the address is verified."""

    token_pair: TokenPair
    device: str | None


def sign_in(address: Address, password: str, client: Client, issuer: str) -> PasswordSignIn:
    """Sign in whoever has this password, by an address that may sign in.

    Raises: WrongPassword, Throttled, BadRequest (not by this channel); once the password was right, VerificationRequired,
    RegistrationIncomplete, AccountDeletionPending; Unavailable, aws.Failed.
    """
    audit.note(address=address)
    ref = _count(address, client)
    identity = identity_items.find(address)
    is_right = hashing.verify(identity.password_hash if identity else None, password)
    is_allowed = address.channel in settings.service().login_channels
    if identity is None or not is_right:
        raise WrongPassword("wrong_password") if is_allowed else login_not_enabled(address.channel)
    if refusal := _refusal(address, identity, is_allowed=is_allowed):
        _refund(ref, client)
        raise refusal
    return _SignIn(address, password, ref, client, issuer).run(identity)


def _count(address: Address, client: Client) -> CodeItemRef:
    """Count the password in the client's window and in its lane's; returns the lane's item."""

    def count(ref: CodeItemRef) -> CodeItemRef:
        password_window_items.count_attempt(ref)
        return ref

    client_items.count_password_attempt(client.bucket)
    ref = lanes.in_lane(client, address, count)
    audit.note(lane=ref.lane)
    return ref


def _refund(ref: CodeItemRef, client: Client) -> None:
    """The password was right, so it counts nowhere. Best effort: one more that stays counted is the safe side."""
    try:
        dynamodb.transact([password_window_items.refund_attempt(ref), *client_items.refund_password_attempt(client.bucket)])
    except (aws.Failed, dynamodb.TransactionFailed):
        audit.note(refund="failed")


def _refusal(address: Address, identity: Identity, *, is_allowed: bool) -> Exception | None:
    """Why a right password opens nothing yet."""
    if identity.customer_id is None:
        return RegistrationIncomplete(token=registration_tokens.issue(identity.registration or "", identity.password_hash or ""))
    if not identity.proven_at and (settings.service().require_verification or not is_allowed):
        return VerificationRequired(customer_id=identity.customer_id)
    if is_allowed:
        return None
    customer = customer_items.find(identity.customer_id)
    left = customer.left_to_verify if customer and identity.registration else []
    return VerificationRequired(customer_id=identity.customer_id) if left else login_not_enabled(address.channel)


class _SignIn(NamedTuple):
    """One sign-in whose password was right."""

    address: Address
    password: str
    ref: CodeItemRef
    client: Client
    issuer: str

    def run(self, identity: Identity) -> PasswordSignIn:
        """Decide by the customer and the address as they are now, and commit on condition that they are so still."""
        customer = customer_items.find(identity.customer_id or "")

        def decide(conflict: WriteConflict | None) -> PasswordSignIn:
            nonlocal customer, identity
            if conflict:
                customer, identity = self._current(conflict, customer, identity)
            return self._commit(identity, self._checked(customer, identity))

        signed_in = conflicts.retry_on_conflict(decide)
        _rehash(identity, self.password)
        return signed_in

    def _current(self, conflict: WriteConflict, customer: Customer | None, identity: Identity) -> tuple[Customer | None, Identity]:
        """What has changed, as it is now. An address may have been moved to its key by today's numbering plan. Raises: WrongPassword."""
        identity_item, customer_item, *_ = conflict.items
        if identity_item is None or customer_item is not None:
            customer = customer_items.from_item(customer_item)
        if identity_item is not None:
            current = identity_items.find(self.address)
            if current is None or (current.customer_id, current.password_hash) != (identity.customer_id, identity.password_hash):
                raise WrongPassword("changed")
            identity = current
        return customer, identity

    def _checked(self, customer: Customer | None, identity: Identity) -> Customer:
        """The customer, if this is still their password and they may sign in. Raises: WrongPassword, AccountDeletionPending."""
        if customer is None or customer.password_hash != identity.password_hash:
            raise WrongPassword("changed")
        if customer.may_sign_in:
            return customer
        _refund(self.ref, self.client)
        raise deletion_pending(customer)

    def _commit(self, identity: Identity, customer: Customer) -> PasswordSignIn:
        """Start the session. Raises: WriteConflict, Unavailable, aws.Failed."""
        counted, version = customer.with_session(), secret_keys.derivation_key_version()
        session, refresh = issuance.new_session(counted, ["pwd"], client=self.client.label, derivation_key_version=version)
        token_pair = issuance.token_pair(counted, session, refresh, self.issuer)  # signed before anything is written
        try:
            dynamodb.transact(self._writes(identity, customer, session))
        except dynamodb.TransactionFailed as failed:
            if failed.items[2] is None:  # otherwise our own session is there: the transaction, repeated after its response was lost
                raise WriteConflict(failed.items) from None
        audit.count("verified", sid=session.family)
        return PasswordSignIn(token_pair, devices.issue(self.address, at=session.begun_at) if identity.proven_at else None)

    def _writes(self, identity: Identity, customer: Customer, session: Session) -> list[dynamodb.Write]:
        return [
            identity_password_items.confirm(identity),
            customer_items.begin_session_by_password(customer),
            session_items.put_new(session),
            password_window_items.refund_attempt(self.ref),
            *client_items.refund_password_attempt(self.client.bucket),
            # With its first session, an unproven customer stays, and so does the customer's referral code.
            *([] if identity.is_taken else [referral_items.put(customer._replace(expires_at=None))]),
        ]


def _rehash(identity: Identity, password: str) -> None:
    """Hash the password by today's parameters, if it is still the same. Best effort: the next sign-in does it otherwise."""
    if identity.password_hash is None or not hashing.needs_rehash(identity.password_hash):
        return
    try:
        customer = customer_items.find(identity.customer_id or "")
        if customer is None or customer.password_hash != identity.password_hash:
            return
        password_hash = hashing.hash_password(password)
        identities = [identity_password_items.rehash(own, password_hash) for _, own in ownership.identities_of(customer)]
        dynamodb.transact([customer_items.rehash(customer, password_hash), *identities])
    except (aws.Failed, Unavailable, dynamodb.TransactionFailed):
        audit.note(reason="not_rehashed")
