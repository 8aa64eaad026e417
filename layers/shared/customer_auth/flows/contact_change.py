"""Another email or phone for a customer: a code proves it, and one transaction puts it in the place of the old one.

It changes who may get in, so it needs a sign-in of just now, and ends every other session, reset and device given before.
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from customer_auth import audit
from customer_auth.addresses.address import Address
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, ids
from customer_auth.base.client import Client
from customer_auth.base.errors import (
    AccountDeletionPending,
    BadRequest,
    ContactTaken,
    FieldError,
    NotAuthenticated,
    ReauthenticationRequired,
    WrongCode,
)
from customer_auth.customers import customer_items, identity_items, ownership
from customer_auth.customers.customers import Customer
from customer_auth.customers.identity_items import Identity
from customer_auth.customers.ownership import AddressState
from customer_auth.messaging import notification_items
from customer_auth.messaging.kinds import Kind
from customer_auth.otp import codes, devices, redemption
from customer_auth.otp.challenges import Purpose
from customer_auth.otp.codes import CodeAttempt, IssuedChallenge, Proof
from customer_auth.otp.redemption import StartedSession
from customer_auth.sessions import session_items, sessions
from customer_auth.sessions.sessions import Caller, Identified, TokenPair


class ContactChanged(NamedTuple):
    """The customer with the new address, and what the caller goes on with."""

    customer: Customer
    token_pair: TokenPair
    device: str


def request_code(caller: Caller, address: Address, client: Client) -> IssuedChallenge:
    """Send a code to the address that the customer wants; one that is taken is asked like a free one.

    Raises: ReauthenticationRequired, BadRequest (it is theirs already), Throttled, aws.Failed.
    """
    customer = caller.customer
    if not sessions.is_recent(caller.claims):
        raise ReauthenticationRequired
    if customer.has_verified(address):
        message = "is yours already"
        raise BadRequest(f"{address.channel.capitalize()} {message}", FieldError(address.channel, message))
    bound = {"customer": customer.id, "epoch": customer.session_epoch, "family": caller.session.family}
    return codes.request_code(Purpose.CONTACT, address, client, bound_to=bound)


def verify(identified: Identified, attempt: CodeAttempt, issuer: str) -> ContactChanged:
    """Change the address by the code that came to it, for the session that asked or a newer sign-in of the same customer.

    A repeat with its key is answered to the access token that this very change ended.
    Raises: NotAuthenticated, WrongCode, Throttled; ContactTaken, Unavailable and aws.Failed with the proof unspent.
    """
    if identified.is_being_deleted:
        raise AccountDeletionPending
    if identified.caller is None and attempt.key is None:
        raise NotAuthenticated("session_ended")
    proof = codes.verify_challenge(Purpose.CONTACT, attempt)
    if proof.record:
        if proof.record.customer_id != identified.claims.sub:
            raise WrongCode("foreign_challenge", counts=False)
        return _changed(proof, redemption.repeated_session(proof, proof.record, issuer))
    if identified.caller is None:
        codes.refund_attempt(proof)
        raise NotAuthenticated("session_ended")
    caller = identified.caller

    def decide(conflict: redemption.WriteConflict | None) -> ContactChanged:
        _insist_on_asker(proof, caller)
        return _verify(proof, caller, *_standing(proof, caller.customer, conflict), issuer)

    return redemption.retry_on_conflict(proof, decide, ContactTaken)


def _insist_on_asker(proof: Proof, caller: Caller) -> None:
    """Whoever asked, by that session or a newer sign-in, and nothing has ended every session since: a reset, another change."""
    bound = proof.challenge["bound_to"]
    same = bound["customer"] == caller.customer.id and bound["epoch"] == caller.customer.session_epoch
    if not same or not (bound["family"] == caller.session.family or caller.session.begun_at >= proof.challenge["requested_at"]):
        raise WrongCode("another_asked")


def _standing(proof: Proof, customer: Customer, conflict: redemption.WriteConflict | None) -> tuple[AddressState, dict[Address, Identity]]:
    """What the new address is, and what is known of the customer's own, in one read.

    Raises: Throttled, ContactTaken, NotAuthenticated (the sessions have ended), Unavailable, aws.Failed.
    """
    if conflict and conflict.items[0] is not None:
        raise NotAuthenticated("session_ended")
    own: dict[Address, Identity] = {}
    state = ownership.read(proof.address, first=partial(_read_with_own, proof, customer, own))
    if state.identity and state.identity.proven_at and state.identity.customer_id != customer.id:
        raise ContactTaken
    return state, own


def _read_with_own(proof: Proof, customer: Customer, own: dict[Address, Identity], places: Sequence[tuple[str, Item]]) -> list[Item | None]:
    """What lies at these places; with it, into `own`, what is known of the customer's other addresses."""
    others = [each for each in (*customer.verified_addresses, *customer.unverified_addresses) if each.key != proof.address.key]
    at = {each: identity_items.keys_of(each) for each in others}
    items = redemption.read(proof, [*places, *(ref for each in at.values() for ref in each)])
    left = iter(items[len(places) :])
    found = {each: identity_items.from_items(each, [next(left) for _ in each_places]) for each, each_places in at.items()}
    own |= {each: identity for each, identity in found.items() if identity and identity.customer_id == customer.id}
    return items[: len(places)]


def _verify(proof: Proof, caller: Caller, state: AddressState, own: dict[Address, Identity], issuer: str) -> ContactChanged:
    """Raises: WriteConflict."""
    customer, address = caller.customer, proof.address
    changed = customer.with_session().with_address(address, verified=True)
    changed = changed._replace(session_epoch=customer.session_epoch + 1, updated_at=clock.now(), expires_at=None)
    version, challenge_hash = proof.challenge["derivation_key"], ids.sha256(proof.challenge["id"])
    secret = redemption.first_secret(proof.key, challenge_hash, version)
    session, refresh = sessions.reissue(caller.session, changed, derivation_key_version=version, secret=secret)
    started = StartedSession(changed, session, sessions.token_pair(changed, session, refresh, issuer))
    names = [str(address.channel), f"{address.channel}_verified"]
    writes = [
        customer_items.update_and_end_sessions(customer, changed, names),
        *identity_items.verify(address, changed, state.identity),
        session_items.put_new(session),
        *(ownership.release_unverified(address, state) if state.customer and state.customer.id != customer.id else ()),
        *_own_addresses(customer, address, own),
        *_told(proof, customer),
    ]
    ended = {each.key: each for each in (*customer.verified_addresses, address)}
    record = redemption.redeem(proof, writes, customer_id=customer.id, family=session.family, ends_devices_of=list(ended.values()))
    if record:
        return _changed(proof, redemption.repeated_session(proof, record, issuer))
    return _changed(proof, started)


def _own_addresses(customer: Customer, new: Address, own: dict[Address, Identity]) -> list[Write]:
    """The old address is nobody's, and the resets to one that stays end; of a claim that goes, its password opens nothing any more."""
    writes = []
    for address, identity in own.items():
        replaced = address.channel is new.channel
        if customer.is_verified(address.channel):
            writes.append(identity_items.release(identity) if replaced else identity_items.end_resets(identity))
        elif replaced and not identity.proven_at:
            writes.append(identity_items.remove_unverified(identity))
    return writes


def _told(proof: Proof, customer: Customer) -> list[Write]:
    """The old address learns of it, or where there was none, the customer's other one."""
    channel, locale = proof.address.channel, proof.challenge["locale"]
    proven = {each.channel: each for each in customer.verified_addresses}
    if channel in proven:
        old = proven[channel]
        return [notification_items.put_new(Kind.CONTACT_CHANGED, old, locale, fallback=customer.other_verified_address(old))]
    return [notification_items.put_new(Kind.METHOD_ADDED, other, locale, fallback=None) for other in proven.values()]


def _changed(proof: Proof, started: StartedSession) -> ContactChanged:
    audit.count("verified", sid=started.session.family)
    return ContactChanged(started.customer, started.token_pair, devices.issue(proof.address, at=clock.now()))
