"""Changing a customer's email or phone: a code proves the new address, and one transaction puts it in the place of the old one.

It changes who can get in, so it demands a recent sign-in, and ends every other session, every reset, and every device issued before.
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from customer_auth import audit
from customer_auth.addresses.address import Address
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock
from customer_auth.base.account_errors import AccountDeletionPending, ContactTaken, ReauthenticationRequired
from customer_auth.base.client import Client
from customer_auth.base.errors import BadRequest, FieldError, NotAuthenticated, WrongCode
from customer_auth.consents import consent_record, posting_items
from customer_auth.customers import customer_items, identity_items, ownership
from customer_auth.customers.customers import Customer
from customer_auth.customers.identity_items import Identity
from customer_auth.customers.ownership import AddressState
from customer_auth.messaging import notification_items
from customer_auth.messaging.kinds import Kind
from customer_auth.otp import attempts, codes, devices, redemption
from customer_auth.otp.challenges import BoundTo
from customer_auth.otp.issuing import IssuedChallenge
from customer_auth.otp.proofs import CodeAttempt, Proof, Repeat
from customer_auth.otp.purposes import Purpose
from customer_auth.otp.redemption import StartedSession
from customer_auth.sessions import issuance, session_items, sessions
from customer_auth.sessions.issuance import TokenPair
from customer_auth.sessions.sessions import Caller, TokenOwner


class ContactChanged(NamedTuple):
    """The customer with the new address, and the tokens that the caller goes on with."""

    customer: Customer
    token_pair: TokenPair
    device: str


def request_code(caller: Caller, address: Address, client: Client) -> IssuedChallenge:
    """Send a code to the address that the customer wants. An address that somebody has looks like a free one.

    Raises: ReauthenticationRequired, BadRequest (it is theirs already), Throttled, aws.Failed.
    """
    customer = caller.customer
    if not sessions.is_recent(caller.claims):
        raise ReauthenticationRequired
    if customer.has_verified(address):
        message = "is yours already"
        raise BadRequest(f"{address.channel.capitalize()} {message}", FieldError(address.channel, message))
    bound_to = BoundTo(customer.id, customer.session_epoch, family=caller.session.family)
    return codes.request_code(Purpose.CONTACT, address, client, bound_to=bound_to)


def verify(identified: TokenOwner, attempt: CodeAttempt, issuer: str) -> ContactChanged:
    """Change the address by the code that was sent to it, for the session that requested it or a newer sign-in of the same customer.

    Repeated with its Idempotency-Key, it accepts the access token that this very change ended.
    Raises: NotAuthenticated, WrongCode, Throttled; ContactTaken, Unavailable and aws.Failed, after which the code can still be used.
    """
    if identified.is_being_deleted:
        raise AccountDeletionPending
    if identified.caller is None and attempt.key is None:
        raise NotAuthenticated("session_ended")
    proof = attempts.verify_challenge(Purpose.CONTACT, attempt)
    if isinstance(proof, Repeat):
        if proof.record.customer_id != identified.claims.sub:
            raise WrongCode("foreign_challenge", counts=False)
        return _repeated(proof, issuer)
    if identified.caller is None:
        attempts.refund(proof.attempt_ref)
        raise NotAuthenticated("session_ended")
    caller = identified.caller

    def decide(conflict: WriteConflict | None) -> ContactChanged:
        current = _current(caller, conflict)
        _check_requester(proof, current)
        return _change(proof, current, *_read(proof, current.customer), issuer)

    return redemption.retry_on_conflict(proof, decide, ContactTaken)


def _check_requester(proof: Proof, caller: Caller) -> None:
    """The customer who requested it, in that session or a newer one, and nothing has ended every session since. Raises: WrongCode."""
    bound_to = proof.challenge.bound_to
    if bound_to is None or (bound_to.customer_id, bound_to.epoch) != (caller.customer.id, caller.customer.session_epoch):
        raise WrongCode("another_requested")
    if bound_to.family != caller.session.family and caller.session.begun_at < proof.challenge.requested_at:
        raise WrongCode("another_requested")


def _current(caller: Caller, conflict: WriteConflict | None) -> Caller:
    """The caller with the customer as now, whose consents may have changed. Raises: NotAuthenticated (their sessions have ended)."""
    if conflict is None or conflict.items[0] is None:
        return caller
    customer, before = customer_items.from_item(conflict.items[0]), caller.customer
    if customer is None or _state(customer) != _state(before):
        raise NotAuthenticated("session_ended")
    return caller._replace(customer=customer)


def _state(customer: Customer) -> tuple[int, str, str | None]:
    """What changes whenever the customer's sessions end."""
    return customer.session_epoch, customer.status, customer.password_hash


def _read(proof: Proof, customer: Customer) -> tuple[AddressState, dict[Address, Identity]]:
    """Who has the new address, and the items of the customer's other addresses, in one read.

    Raises: Throttled, ContactTaken, Unavailable, aws.Failed.
    """
    own: dict[Address, Identity] = {}
    state = ownership.read(proof.address, first=partial(_read_with_own, proof, customer, own))
    if state.identity and state.identity.proven_at and state.identity.customer_id != customer.id:
        raise ContactTaken
    return state, own


def _read_with_own(proof: Proof, customer: Customer, own: dict[Address, Identity], keys: Sequence[tuple[str, Item]]) -> list[Item | None]:
    """The items under these keys; in the same read, into `own`, those of the customer's other addresses."""
    others = [each for each in (*customer.verified_addresses, *customer.unverified_addresses) if each.key != proof.address.key]
    keys_of = {each: identity_items.keys_of(each) for each in others}
    items = redemption.read(proof, [*keys, *(key for own_keys in keys_of.values() for key in own_keys)])
    left = iter(items[len(keys) :])
    for address, own_keys in keys_of.items():
        identity = identity_items.from_items(address, [next(left) for _ in own_keys])
        if identity and identity.customer_id == customer.id:
            own[address] = identity
    return items[: len(keys)]


def _change(proof: Proof, caller: Caller, state: AddressState, own: dict[Address, Identity], issuer: str) -> ContactChanged:
    """Raises: WriteConflict, WrongCode, aws.Failed."""
    customer, address = caller.customer, proof.address
    changed, postings = consent_record.replace_address(customer, address)
    started = _reissue(proof, caller, changed, issuer)
    fields = [str(address.channel), f"{address.channel}_verified", "consents"]
    writes = [
        customer_items.update_and_end_sessions(customer, started.customer, fields),
        *identity_items.put_verified(address, started.customer, state.identity),
        session_items.put_new(started.session),
        *(ownership.release_unverified(address, state) if state.customer and state.customer.id != customer.id else ()),
        *_writes_for_own(customer, address, own),
        *_notifications(proof, customer),
        *posting_items.put_new(postings),
    ]
    ended = {each.key: each for each in (*customer.verified_addresses, address)}
    repeat = redemption.redeem(proof, writes, customer_id=customer.id, family=started.session.family, ends_devices_of=list(ended.values()))
    return _repeated(repeat, issuer) if repeat else _changed(address, started)


def _reissue(proof: Proof, caller: Caller, changed: Customer, issuer: str) -> StartedSession:
    """The customer with the new address, and the session that replaces the caller's."""
    customer = changed.with_session()
    customer = customer._replace(session_epoch=customer.session_epoch + 1, updated_at=clock.now(), expires_at=None)
    version = proof.challenge.derivation_key_version
    secret = redemption.first_secret(proof.key, proof.challenge.hash, version)
    session, refresh = issuance.reissue(caller.session, customer, derivation_key_version=version, secret=secret)
    return StartedSession(customer, session, issuance.token_pair(customer, session, refresh, issuer))


def _writes_for_own(customer: Customer, new: Address, own: dict[Address, Identity]) -> list[Write]:
    """The address that is replaced becomes nobody's, and its password opens nothing any more; the resets to one that stays end."""
    writes = []
    for address, identity in own.items():
        is_replaced = address.channel is new.channel
        if customer.is_verified(address.channel):
            writes.append(identity_items.release(identity) if is_replaced else identity_items.end_resets(identity))
        elif is_replaced and not identity.proven_at:
            writes.append(identity_items.remove_unverified(identity))
    return writes


def _notifications(proof: Proof, customer: Customer) -> list[Write]:
    """The old address is notified, or if there was none, the customer's other one."""
    locale = proof.challenge.locale
    verified = {each.channel: each for each in customer.verified_addresses}
    if proof.address.channel in verified:
        old = verified[proof.address.channel]
        return [notification_items.put_new(Kind.CONTACT_CHANGED, old, locale, fallback=customer.other_verified_address(old))]
    return [notification_items.put_new(Kind.METHOD_ADDED, other, locale, fallback=None) for other in verified.values()]


def _repeated(repeat: Repeat, issuer: str) -> ContactChanged:
    return _changed(repeat.address, redemption.repeated_session(repeat, issuer))


def _changed(address: Address, started: StartedSession) -> ContactChanged:
    audit.count("verified", sid=started.session.family)
    return ContactChanged(started.customer, started.token_pair, devices.issue(address, at=clock.now()))
