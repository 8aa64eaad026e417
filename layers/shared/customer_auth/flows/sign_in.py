"""What a proven address opens: the account it belongs to, or a new one, with a session, in one transaction.

Decided by the state at the moment of the commit: the transaction checks everything that the decision was based on, and where something
has changed since it was read, the decision is made anew.
"""

from functools import partial
from typing import NamedTuple

from customer_auth import audit
from customer_auth.base.errors import AccountDeletionPending, BadRequest, WrongCode
from customer_auth.customers import ownership, referrals
from customer_auth.customers.customers import Customer, Names
from customer_auth.customers.ownership import Assignment
from customer_auth.otp import devices, redemption
from customer_auth.otp.challenges import Purpose
from customer_auth.otp.codes import Proof
from customer_auth.otp.redemption import StartedSession
from customer_auth.sessions import session_items
from customer_auth.sessions.sessions import TokenPair


class SignedIn(NamedTuple):
    """A customer with a session that has just begun, on a device that is known from now on."""

    customer: Customer
    token_pair: TokenPair
    device: str
    registered: bool


def enter(proof: Proof, names: Names, issuer: str, referral_code: str | None = None) -> SignedIn:
    """Sign the owner of the proven address in, or up where the purpose allows it; `referral_code` is for a new account alone.

    Of any number of concurrent calls with one proof one begins a session; with the proof's key all of them are told of that one.
    Raises: WrongCode (used meanwhile, or no account to sign in to), Throttled (the client has had too many codes refused);
    AccountDeletionPending, BadRequest (the referral code), Unavailable and aws.Failed, all with the proof unspent.
    """
    if proof.record:
        return _signed_in(proof, redemption.repeated_session(proof, proof.record, issuer), registered=proof.record.registered)

    def decide(conflict: redemption.WriteConflict | None) -> SignedIn:
        return _commit(proof, _owned(proof, conflict, names, referral_code), issuer)

    return redemption.retry_on_conflict(proof, decide, AccountDeletionPending, BadRequest)


def _owned(proof: Proof, conflict: redemption.WriteConflict | None, names: Names, referral_code: str | None) -> Assignment:
    """Whose the address is or becomes.

    Raises: Throttled, AccountDeletionPending, WrongCode (no account to sign in to), BadRequest, Unavailable, aws.Failed.
    """
    found_instead = (conflict.items[1] if conflict else None) or {}
    state = ownership.read(
        proof.address, found_instead.get("customer_id") or proof.challenge.get("customer"), first=partial(redemption.read, proof)
    )
    if state.owner is not None and not state.owner.may_sign_in:
        raise AccountDeletionPending
    if state.owner is not None and state.identity is not None:
        return ownership.confirm(state.identity, state.owner)
    if proof.purpose is Purpose.LOGIN:
        raise WrongCode("no_account")
    return ownership.assign(proof.address, state, names, referral_code=referral_code, begins_session=True)


def _commit(proof: Proof, assignment: Assignment, issuer: str) -> SignedIn:
    """Use the proof up, begin the session and make the account the owner's where it was not: all or nothing.

    Raises: WriteConflict, UnknownReferrer.
    """
    started = redemption.draft_session(proof, assignment.customer, issuer)
    session = started.session
    try:
        record = redemption.redeem(
            proof,
            [*assignment.writes, session_items.put_new(session), *assignment.condition_checks],
            customer_id=assignment.customer.id,
            family=session.family,
            registered=assignment.is_new,
            at=session.begun_at,
            ends_devices_of=[proof.address] if assignment.is_new else (),
        )
    except redemption.WriteConflict as conflict:
        if referrals.have_failed(assignment.condition_checks, conflict.items):
            raise referrals.UnknownReferrer from None
        raise
    if record is not None:
        return _signed_in(proof, redemption.repeated_session(proof, record, issuer), registered=record.registered)
    return _signed_in(proof, started, registered=assignment.is_new)


def _signed_in(proof: Proof, started: StartedSession, *, registered: bool) -> SignedIn:
    audit.count("verified", sid=started.session.family, registered=registered)
    return SignedIn(started.customer, started.token_pair, devices.issue(proof.address, at=started.session.begun_at), registered)
