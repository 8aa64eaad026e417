"""Signing in or up by a code: the account that the proven address belongs to, or a new one, with a session, in one transaction.

Decided by the state at the moment of the commit: the transaction checks all that the decision was based on, and if something has changed
since it was read, the decision is made again.
"""

from functools import partial
from typing import NamedTuple

from customer_auth import audit
from customer_auth.addresses.address import Address
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.base.account_errors import AccountDeletionPending
from customer_auth.base.errors import BadRequest, WrongCode
from customer_auth.customers import ownership, referrals
from customer_auth.customers.customers import Customer, Names
from customer_auth.customers.ownership import Assignment
from customer_auth.flows.deletion_refusal import deletion_pending
from customer_auth.otp import attempts, devices, redemption
from customer_auth.otp.proofs import CodeAttempt, Proof, Repeat
from customer_auth.otp.purposes import Purpose
from customer_auth.otp.redemption import StartedSession
from customer_auth.sessions import session_items
from customer_auth.sessions.issuance import TokenPair


class SignedIn(NamedTuple):
    """A customer with a new session, on a device that is known from now on. `registered`: the account is new."""

    customer: Customer
    token_pair: TokenPair
    device: str
    registered: bool


def sign_in(
    purpose: Purpose, address: Address, attempt: CodeAttempt, issuer: str, *, names: Names | None = None, referral_code: str | None = None
) -> SignedIn:
    """Sign the address's owner in by a code, or up if the purpose allows it; names and `referral_code` are for a new account alone.

    Of any number of concurrent calls with one code, one starts a session; those with its Idempotency-Key get the same session.
    Raises: WrongCode (also if the purpose is to log in and there is no account), Throttled; AccountDeletionPending, BadRequest (the
    referral code), Unavailable and aws.Failed, after which the code can still be used.
    """
    proof = attempts.verify_code(purpose, address, attempt)
    if isinstance(proof, Repeat):
        return _repeated(proof, issuer)

    def decide(conflict: WriteConflict | None) -> SignedIn:
        return _commit(proof, _assign(proof, conflict, names or Names(), referral_code), issuer)

    return redemption.retry_on_conflict(proof, decide, AccountDeletionPending, BadRequest)


def _assign(proof: Proof, conflict: WriteConflict | None, names: Names, referral_code: str | None) -> Assignment:
    """Whose the address is or becomes.

    Raises: Throttled, AccountDeletionPending, WrongCode (no account to log in to), BadRequest, Unavailable, aws.Failed.
    """
    current_identity = (conflict.items[ownership.IDENTITY_PART] if conflict else None) or {}
    customer_id = current_identity.get("customer_id") or proof.challenge.customer_id
    state = ownership.read(proof.address, customer_id, first=partial(redemption.read, proof))
    if state.owner is not None and not state.owner.may_sign_in:
        raise deletion_pending(state.owner)
    if state.owner is not None and state.identity is not None:
        return ownership.confirm(state.identity, state.owner)
    if proof.purpose is Purpose.LOGIN:
        raise WrongCode("no_account")
    return ownership.assign(proof.address, state, names, referral_code=referral_code, begins_session=True)


def _commit(proof: Proof, assignment: Assignment, issuer: str) -> SignedIn:
    """Redeem the proof, start the session and assign the address if it is new: all or nothing. Raises: WriteConflict, UnknownReferrer."""
    started = redemption.draft_session(proof, assignment.customer, issuer)
    session = started.session
    try:
        repeat = redemption.redeem(
            proof,
            [*assignment.writes, session_items.put_new(session), *assignment.condition_checks],
            customer_id=assignment.customer.id,
            family=session.family,
            registered=assignment.is_new,
            at=session.begun_at,
            ends_devices_of=[proof.address] if assignment.is_new else (),
        )
    except WriteConflict as conflict:
        if referrals.have_failed(assignment.condition_checks, conflict.items):
            raise referrals.UnknownReferrer from None
        raise
    return _repeated(repeat, issuer) if repeat else _signed_in(proof.address, started, registered=assignment.is_new)


def _repeated(repeat: Repeat, issuer: str) -> SignedIn:
    started = redemption.repeated_session(repeat, issuer)
    return _signed_in(repeat.address, started, registered=repeat.record.registered)


def _signed_in(address: Address, started: StartedSession, *, registered: bool) -> SignedIn:
    audit.count("verified", sid=started.session.family, registered=registered)
    device = devices.issue(address, at=started.session.begun_at)
    return SignedIn(started.customer, started.token_pair, device, registered)
