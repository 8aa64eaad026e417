"""What a proven address opens: the account it belongs to, or a new one, with a session, in one transaction.

Decided by the state at the moment of the commit: the transaction insists on everything that the decision stood on, and where something
has changed since it was read, the decision is made anew.
"""

from typing import NamedTuple

from customer_auth import audit, aws, clock, codes, customers, devices, ids, sessions, vault
from customer_auth.address import Channel
from customer_auth.challenges import Purpose
from customer_auth.codes import Proof
from customer_auth.customers import Customer, Names
from customer_auth.errors import AccountDeletionPending, Unavailable, WrongCode
from customer_auth.refresh_tokens import RefreshToken
from customer_auth.sessions import Pair
from customer_auth.tables import code_items, customer_items, dynamodb, identity_items, session_items
from customer_auth.tables.code_items import Outcome
from customer_auth.tables.session_items import Session

_ROUNDS = 3


class SignedIn(NamedTuple):
    """A customer with a session that has just begun, on a device that is known from now on."""

    customer: Customer
    pair: Pair
    device: str
    registered: bool


class _Changed(Exception):
    """Something that the decision stood on has changed; `customer_id` is whose the address is by now, where that is known."""

    def __init__(self, customer_id: str | None) -> None:
        super().__init__()
        self.customer_id = customer_id


def enter(proof: Proof, names: Names, issuer: str) -> SignedIn:
    """Sign the owner of the proven address in, or up where the purpose allows it.

    Of any number of concurrent calls with one proof one begins a session; with the proof's key all of them are told of that one.
    Raises: WrongCode (used meanwhile, or no account to sign in to); AccountDeletionPending, Unavailable and aws.Failed, all with the
    proof unspent.
    """
    if proof.kept:
        return _repeat(proof, proof.kept, issuer)
    try:
        return _enter(proof, names, issuer)
    except (AccountDeletionPending, Unavailable, aws.Failed):
        codes.give_back(proof)
        raise


def _enter(proof: Proof, names: Names, issuer: str) -> SignedIn:
    hint: str | None = proof.challenge.get("customer")
    for _ in range(_ROUNDS):
        owner = _owner(proof, hint)
        if owner is None and proof.purpose is Purpose.LOGIN:
            raise WrongCode("no_account")
        if owner is not None and not owner.may_sign_in:
            raise AccountDeletionPending
        try:
            return _commit(proof, owner or customers.new(proof.address, names), issuer, registered=owner is None)
        except _Changed as changed:
            hint = changed.customer_id or hint
    raise Unavailable("changed_too_often")


def _owner(proof: Proof, hint: str | None) -> Customer | None:
    """Whose the address is: identity and hinted customer in one read; a second one only where the outbox's hint is wrong or missing."""
    wanted = [identity_items.key(proof.address.key)]
    if hint:
        wanted.append(customer_items.key(hint))
    identity_item, *hinted = dynamodb.batch_get(wanted)
    identity = identity_items.identity(identity_item)
    if identity is None:
        return None
    customer = customer_items.customer(hinted[0]) if hinted and hint == identity.customer_id else None
    if customer is None:
        customer = customer_items.customer(dynamodb.batch_get([customer_items.key(identity.customer_id)])[0])
    if customer is None:
        raise Unavailable("identity_without_customer")
    return customer


def _commit(proof: Proof, customer: Customer, issuer: str, *, registered: bool) -> SignedIn:
    """Use the proof up, begin the session and, where the customer is new, make the account: all or nothing."""
    pepper_version = proof.challenge["pepper"]
    challenge_hash = ids.sha256(proof.challenge["id"])
    secret = _first_secret(proof.key, challenge_hash, pepper_version)
    session, refresh = sessions.draft(customer, _amr(proof), client=proof.client_label, pepper_version=pepper_version, secret=secret)
    pair = sessions.pair(customer, session, refresh, issuer)  # signed before anything is used up
    outcome = Outcome(
        challenge_hash=challenge_hash,
        asked_at=proof.challenge["asked_at"],
        expires_at=proof.challenge["expires_at"],
        nonce=proof.challenge["nonce"],
        pepper_version=pepper_version,
        key_hash=proof.spending.key_hash,
        customer_id=customer.id,
        family=session.family,
        registered=registered,
        at=clock.now(),
    )
    if registered:
        owner = (customer_items.put_new(customer), identity_items.put_new(proof.address, customer.id))
    else:
        owner = (customer_items.is_as_read(customer), identity_items.is_of(proof.address, customer.id))
    writes = [code_items.consume(proof.spending, proof.challenge, outcome), owner[0], session_items.put_new(session), owner[1]]
    try:
        dynamodb.transact(writes)
    except dynamodb.TransactionFailed as failed:
        codes_item, _, _, identity_item = failed.items
        if codes_item is None:
            identity = identity_items.identity(identity_item)
            raise _Changed(identity.customer_id if identity else None) from None
        kept = code_items.kept_outcome(proof.spending, codes_item)
        if kept is None or (kept.family != session.family and not _is_own(proof, kept, challenge_hash)):
            codes.forgive(proof)
            raise WrongCode("used") from None
        if kept.family != session.family:
            return _repeat(proof, kept, issuer)
    return _signed_in(proof, customer, session, pair, registered=registered)


def _is_own(proof: Proof, kept: Outcome, challenge_hash: bytes) -> bool:
    """Whether that outcome is of this very challenge and by this caller's key."""
    return proof.spending.key_hash is not None and kept.key_hash == proof.spending.key_hash and kept.challenge_hash == challenge_hash


def _repeat(proof: Proof, kept: Outcome, issuer: str) -> SignedIn:
    """The same session, customer and first refresh token again, unless the session has been ended since."""
    found = sessions.find(kept.customer_id, kept.family)
    if found is None:
        raise WrongCode("session_ended")
    session, customer = found
    secret = _first_secret(proof.key, kept.challenge_hash, kept.pepper_version) or b""
    refresh = RefreshToken(customer.id, session.family, kept.pepper_version, 0, secret)
    return _signed_in(proof, customer, session, sessions.pair(customer, session, refresh, issuer), registered=kept.registered)


def _signed_in(proof: Proof, customer: Customer, session: Session, pair: Pair, *, registered: bool) -> SignedIn:
    audit.count("verified", sid=session.family, registered=registered)
    return SignedIn(customer, pair, devices.issue(proof.address, at=session.begun_at), registered)


def _first_secret(key: str | None, challenge_hash: bytes, pepper_version: int) -> bytes | None:
    """With a key, the secret that its repeats find again; without one, none, so that it is random."""
    pepper = vault.pepper(pepper_version) if key else None
    return ids.keyed(pepper, "first-refresh-secret", challenge_hash, key) if key and pepper else None


def _amr(proof: Proof) -> list[str]:
    """RFC 8176: a one-time code, by SMS or not."""
    return ["otp", "sms"] if proof.address.channel is Channel.PHONE else ["otp"]
