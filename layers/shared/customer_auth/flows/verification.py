"""Verifying an address that a customer claims, by a code sent for that customer: the claim becomes the proof of who made it."""

from typing import NamedTuple

from customer_auth import audit, aws
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock, ids, settings
from customer_auth.base.client import Client
from customer_auth.base.errors import AccountDeletionPending, ContactTaken, Throttled, Unavailable, WrongCode
from customer_auth.customers import customer_address_items, customer_items, identity_items, referral_items
from customer_auth.customers.customers import Customer
from customer_auth.customers.identity_items import Identity
from customer_auth.otp import codes, devices, redemption
from customer_auth.otp.challenges import Purpose
from customer_auth.otp.codes import CodeAttempt, IssuedChallenge, Proof
from customer_auth.otp.idempotency_items import IdempotencyRecord
from customer_auth.otp.redemption import StartedSession
from customer_auth.sessions import session_items
from customer_auth.sessions.sessions import TokenPair

__all__ = ["IssuedChallenge", "Verified", "request_code", "request_codes_at_registration", "verify"]


# The id of no customer, for what cannot be one.
_NOBODY = "cus_"


class Verified(NamedTuple):
    """A customer whose address is proven, with a session where nothing is left to verify and this address may sign in."""

    customer: Customer
    token_pair: TokenPair | None
    device: str | None


def request_code(customer_id: str, channel: Channel, client: Client) -> IssuedChallenge:
    """Send a code to the address that the customer claims. An unknown customer, or one with nothing to verify, looks like any other.

    Raises: Throttled, aws.Failed.
    """
    counted = codes.count_request(client)
    customer = customer_items.find(customer_id if ids.may_be_customer(customer_id) else _NOBODY)  # read in any case, to cost the same
    unverified = customer.unverified_address(channel) if customer else None
    if customer is None or unverified is None:
        return codes.request_decoy(Purpose.VERIFY, channel, f"{customer_id}:{channel}", client, counted)
    return codes.request_code(Purpose.VERIFY, unverified, client, bound_to=_bond(customer), counted=counted)


def request_codes_at_registration(customer: Customer, client: Client) -> list[IssuedChallenge]:
    """Send the codes of a new customer, where AUTO_SEND_ON_REGISTRATION is on; what cannot go out now may be asked for later."""
    asked = []
    for address in customer.unverified_addresses if settings.service().auto_send_on_registration else ():
        try:
            asked.append(codes.request_code(Purpose.VERIFY, address, client, bound_to=_bond(customer)))
        except (Throttled, Unavailable, aws.Failed):
            audit.note(reason="code_not_asked")
    return asked


def _bond(customer: Customer) -> dict[str, object]:
    """For whom alone a code verifies: this customer, until every session is ended, as whoever takes the customer over does."""
    return {"customer": customer.id, "epoch": customer.session_epoch}


def verify(attempt: CodeAttempt, issuer: str) -> Verified:
    """Prove the address by the code that was sent to it. Of any number of customers that claim it the first proves it.

    Raises: WrongCode, Throttled; ContactTaken, AccountDeletionPending, Unavailable and aws.Failed, with the proof unspent.
    """
    proof = codes.verify_challenge(Purpose.VERIFY, attempt)
    if proof.record:
        return _repeated(proof, proof.record, issuer)
    return redemption.retry_on_conflict(proof, lambda _: _verify(proof, issuer), ContactTaken, AccountDeletionPending)


def _verify(proof: Proof, issuer: str) -> Verified:
    address, bound_to = proof.address, proof.challenge["bound_to"]
    item, *items = redemption.read(proof, [customer_items.key(bound_to["customer"]), *identity_items.keys_of(address)])
    customer, identity = customer_items.from_item(item), identity_items.from_items(address, items)
    if customer is None or bound_to != _bond(customer) or not (customer.has_unverified(address) or customer.has_verified(address)):
        raise WrongCode("address_gone")
    if not customer.may_sign_in:
        raise AccountDeletionPending
    if identity and identity.proven_at and identity.customer_id != customer.id:
        raise ContactTaken
    newly = customer.unverified_address(address.channel)
    proven = customer.with_address(newly, verified=True)._replace(expires_at=None) if newly else customer
    begins_session = opens(proven, address.channel)
    writes = _writes(customer, proven, newly, identity, begins_session=begins_session)
    started = redemption.draft_session(proof, proven.with_session(), issuer) if begins_session else None
    if started:
        writes.append(session_items.put_new(started.session))
    family, at = (started.session.family, started.session.begun_at) if started else ("", clock.now())
    record = redemption.redeem(proof, writes, customer_id=customer.id, family=family, at=at, ends_devices_of=[newly] if newly else ())
    return _repeated(proof, record, issuer) if record else _verified(proof, proven, started)


def _writes(customer: Customer, proven: Customer, newly: Address | None, identity: Identity | None, *, begins_session: bool) -> list[Write]:
    """`newly` is the address that this proof verifies; none where another code has verified it already."""
    if newly is None:
        return [customer_items.begin_session(customer) if begins_session else customer_items.is_unchanged(customer)]
    registration = identity.registration if identity and identity.customer_id == customer.id else None
    proves = identity_items.verify(newly, proven, identity, registration=registration)
    stays = [referral_items.put(proven)] if customer.expires_at else []
    return [customer_address_items.verify(customer, newly, begins_session=begins_session), *proves, *stays]


def opens(customer: Customer, channel: Channel) -> bool:
    """Whether a proof of this channel signs in: by a channel that may sign in, and nothing else is left to verify."""
    return channel in settings.service().login_channels and not customer.left_to_verify


def _repeated(proof: Proof, record: IdempotencyRecord, issuer: str) -> Verified:
    """What the first call led to. Raises: WrongCode where it has ended since."""
    if record.family:
        started = redemption.repeated_session(proof, record, issuer)
        return _verified(proof, started.customer, started)
    customer = customer_items.find(record.customer_id)
    if customer is None or not customer.has_verified(proof.address):
        raise WrongCode("address_gone")
    return _verified(proof, customer, None)


def _verified(proof: Proof, customer: Customer, started: StartedSession | None) -> Verified:
    audit.count("verified", sid=started.session.family if started else None)
    device = devices.issue(proof.address, at=started.session.begun_at) if started else None
    return Verified(customer, started.token_pair if started else None, device)
