"""Verifying an address that a customer gave, by a code that was sent for this customer."""

from typing import NamedTuple

from customer_auth import audit, aws
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock, ids, settings
from customer_auth.base.account_errors import AccountDeletionPending, ContactTaken
from customer_auth.base.client import Client
from customer_auth.base.errors import Throttled, Unavailable, WrongCode
from customer_auth.consents import consent_record, posting_items
from customer_auth.customers import customer_address_items, customer_items, identity_items, referral_items
from customer_auth.customers.customers import Customer
from customer_auth.customers.identity_items import Identity
from customer_auth.flows.deletion_refusal import deletion_pending
from customer_auth.otp import attempts, codes, devices, issuing, redemption
from customer_auth.otp.challenges import BoundTo
from customer_auth.otp.issuing import IssuedChallenge
from customer_auth.otp.proofs import CodeAttempt, Proof, Repeat
from customer_auth.otp.purposes import Purpose
from customer_auth.otp.redemption import StartedSession
from customer_auth.sessions import session_items
from customer_auth.sessions.issuance import TokenPair

# The id of no customer, for what cannot be one.
_NOBODY = "cus_"


class Verified(NamedTuple):
    """A customer whose address is verified, with a session if nothing is left to verify and this address may sign in."""

    customer: Customer
    token_pair: TokenPair | None
    device: str | None


def request_code(customer_id: str, channel: Channel, client: Client) -> IssuedChallenge:
    """Send a code to the unverified address of this channel. An unknown customer, or one with nothing to verify, looks like any other.

    Raises: Throttled, aws.Failed.
    """
    counted = issuing.count_request(client)
    customer = customer_items.find(customer_id if ids.may_be_customer(customer_id) else _NOBODY)  # read in any case, to cost the same
    address = customer.unverified_address(channel) if customer else None
    if customer is None or address is None:
        return codes.request_decoy(Purpose.VERIFY, channel, f"{customer_id}:{channel}", client, counted)
    return codes.request_counted_code(Purpose.VERIFY, address, client, counted, _bound_to(customer))


def request_codes_at_registration(customer: Customer, client: Client) -> list[IssuedChallenge]:
    """Send a new customer their codes if AUTO_SEND_ON_REGISTRATION is on; one that cannot be sent now may be requested later."""
    challenges = []
    for address in customer.unverified_addresses if settings.service().auto_send_on_registration else ():
        try:
            challenges.append(codes.request_code(Purpose.VERIFY, address, client, bound_to=_bound_to(customer)))
        except (Throttled, Unavailable, aws.Failed):
            audit.note(reason="code_not_requested")
    return challenges


def _bound_to(customer: Customer) -> BoundTo:
    """A code verifies for this customer alone, until all their sessions are ended, as whoever takes an unproven account over does."""
    return BoundTo(customer.id, customer.session_epoch)


def verify(attempt: CodeAttempt, issuer: str) -> Verified:
    """Verify the address by the code that was sent to it. Of any number of customers who gave it, the first who does so has it.

    Raises: WrongCode, Throttled; ContactTaken, AccountDeletionPending, Unavailable and aws.Failed, after which the code can still be used.
    """
    proof = attempts.verify_challenge(Purpose.VERIFY, attempt)
    if isinstance(proof, Repeat):
        return _repeated(proof, issuer)
    return redemption.retry_on_conflict(proof, lambda _: _verify(proof, issuer), ContactTaken, AccountDeletionPending)


def _verify(proof: Proof, issuer: str) -> Verified:
    address, (customer, identity) = proof.address, _read(proof)
    unverified = customer.unverified_address(address.channel)  # None if another code has verified it already
    verified = _with_verified(customer, unverified)
    started = redemption.draft_session(proof, verified.with_session(), issuer) if _signs_in(verified, address.channel) else None
    writes = _writes(customer, verified, unverified, identity, begins_session=started is not None)
    family, at = (started.session.family, started.session.begun_at) if started else ("", clock.now())
    if started:
        writes.append(session_items.put_new(started.session))
    ends_devices_of = [unverified] if unverified else ()
    repeat = redemption.redeem(proof, writes, customer_id=customer.id, family=family, at=at, ends_devices_of=ends_devices_of)
    return _repeated(repeat, issuer) if repeat else _verified(address, verified, started)


def _read(proof: Proof) -> tuple[Customer, Identity | None]:
    """The customer for whom the code was sent, and the address. Raises: WrongCode, AccountDeletionPending, ContactTaken, and as `read`."""
    address, bound_to = proof.address, proof.challenge.bound_to
    customer_id = bound_to.customer_id if bound_to else _NOBODY
    item, *items = redemption.read(proof, [customer_items.key(customer_id), *identity_items.keys_of(address)])
    customer, identity = customer_items.from_item(item), identity_items.from_items(address, items)
    if customer is None or bound_to != _bound_to(customer) or not (customer.has_unverified(address) or customer.has_verified(address)):
        raise WrongCode("address_gone")
    if not customer.may_sign_in:
        raise _deletion_pending(customer, address.channel)
    if identity and identity.proven_at and identity.customer_id != customer.id:
        raise ContactTaken  # an early answer; the condition in `put_verified` decides
    return customer, identity


def _deletion_pending(customer: Customer, channel: Channel) -> AccountDeletionPending:
    """The refusal, with a cancel token only where the address would have signed in: otherwise it is no credential of the customer's."""
    verified = _with_verified(customer, customer.unverified_address(channel))
    return deletion_pending(customer) if _signs_in(verified, channel) else AccountDeletionPending()


def _with_verified(customer: Customer, unverified: Address | None) -> Customer:
    """The customer once the address is verified, or as before if there is none to verify."""
    return customer.with_address(unverified, verified=True)._replace(expires_at=None) if unverified else customer


def _writes(
    customer: Customer, verified: Customer, unverified: Address | None, identity: Identity | None, *, begins_session: bool
) -> list[Write]:
    if unverified is None:
        return [customer_items.begin_session(customer) if begins_session else customer_items.has_same_epoch_and_status(customer)]
    registration = identity.registration if identity and identity.customer_id == customer.id else None
    return [
        customer_address_items.verify(customer, unverified, begins_session=begins_session),
        *identity_items.put_verified(unverified, verified, identity, registration=registration),
        *([referral_items.put(verified)] if customer.expires_at else []),
        *posting_items.put_new(consent_record.of_channel(consent_record.reportable(verified), unverified.channel)),
    ]


def _signs_in(customer: Customer, channel: Channel) -> bool:
    """Whether verifying an address of this channel signs in: the channel may sign in, and nothing else is left to verify."""
    return channel in settings.service().login_channels and not customer.left_to_verify


def _repeated(repeat: Repeat, issuer: str) -> Verified:
    """The response of the first call. Raises: WrongCode (what it led to has ended since)."""
    if repeat.record.family:
        started = redemption.repeated_session(repeat, issuer)
        return _verified(repeat.address, started.customer, started)
    customer = customer_items.find(repeat.record.customer_id)
    if customer is None or not customer.has_verified(repeat.address):
        raise WrongCode("address_gone")
    return _verified(repeat.address, customer, None)


def _verified(address: Address, customer: Customer, started: StartedSession | None) -> Verified:
    audit.count("verified", sid=started.session.family if started else None)
    device = devices.issue(address, at=started.session.begun_at) if started else None
    return Verified(customer, started.token_pair if started else None, device)
