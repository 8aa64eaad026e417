"""What a proven address opens: the account it belongs to, or a new one, with a session, in one transaction.

Decided by the state at the moment of the commit: the transaction insists on everything that the decision stood on, and where something
has changed since it was read, the decision is made anew.
"""

from typing import NamedTuple

from customer_auth import audit, devices, ownership, proofs
from customer_auth.challenges import Purpose
from customer_auth.codes import Proof
from customer_auth.customers import Customer, Names
from customer_auth.errors import AccountDeletionPending, BadRequest, Unavailable, WrongCode
from customer_auth.ownership import Owned
from customer_auth.proofs import Opened
from customer_auth.sessions import Pair
from customer_auth.tables import identity_items, session_items
from customer_auth.tables.dynamodb import Item

_ROUNDS = 3


class SignedIn(NamedTuple):
    """A customer with a session that has just begun, on a device that is known from now on."""

    customer: Customer
    pair: Pair
    device: str
    registered: bool


def enter(proof: Proof, names: Names, issuer: str, referral_code: str | None = None) -> SignedIn:
    """Sign the owner of the proven address in, or up where the purpose allows it; `referral_code` is for a new account alone.

    Of any number of concurrent calls with one proof one begins a session; with the proof's key all of them are told of that one.
    Raises: WrongCode (used meanwhile, or no account to sign in to); AccountDeletionPending, BadRequest (the referral code), Unavailable
    and aws.Failed, all with the proof unspent.
    """
    if proof.kept:
        return _signed_in(proof, proofs.repeated_session(proof, proof.kept, issuer), registered=proof.kept.registered)
    with proofs.kept_unspent(proof, AccountDeletionPending, BadRequest):
        return _enter(proof, names, issuer, referral_code)


def _enter(proof: Proof, names: Names, issuer: str, referral_code: str | None) -> SignedIn:
    hint: str | None = proof.challenge.get("customer")
    for _ in range(_ROUNDS):
        standing = ownership.read(proof.address, hint)
        if standing.owner is not None and not standing.owner.may_sign_in:
            raise AccountDeletionPending
        if standing.owner is not None:
            owned = ownership.keep(proof.address, standing.owner)
        elif proof.purpose is Purpose.LOGIN:
            raise WrongCode("no_account")
        else:
            owned = ownership.give(proof.address, standing, names, referral_code=referral_code)
        try:
            return _commit(proof, owned, issuer)
        except proofs.Stale as changed:
            if refusal := owned.refusal(changed.items):
                raise refusal from None
            hint = _owner_by_now(changed.items[1]) or hint
    raise Unavailable("changed_too_often")


def _owner_by_now(identity_item: Item | None) -> str | None:
    identity = identity_items.identity(identity_item)
    return identity.customer_id if identity else None


def _commit(proof: Proof, owned: Owned, issuer: str) -> SignedIn:
    """Use the proof up, begin the session and make the account the owner's where it was not: all or nothing. Raises: Stale."""
    opened = proofs.draft_session(proof, owned.customer, issuer)
    session = opened.session
    kept = proofs.use(
        proof,
        [*owned.writes, session_items.put_new(session)],
        customer_id=owned.customer.id,
        family=session.family,
        registered=owned.is_new,
        ends_devices_of=[proof.address] if owned.was_claimed else (),
    )
    if kept is not None:
        return _signed_in(proof, proofs.repeated_session(proof, kept, issuer), registered=kept.registered)
    return _signed_in(proof, opened, registered=owned.is_new)


def _signed_in(proof: Proof, opened: Opened, *, registered: bool) -> SignedIn:
    audit.count("verified", sid=opened.session.family, registered=registered)
    return SignedIn(opened.customer, opened.pair, devices.issue(proof.address, at=opened.session.begun_at), registered)
