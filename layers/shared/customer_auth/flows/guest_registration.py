"""Creates a customer with a password at once, and with the number that a guest has proven, in one transaction.

The rules are those of registering an address and creating its customer (`registrations`, `customer_creation`): the email stays unverified,
and only what was proven is owned.
"""

from typing import NamedTuple

from customer_auth import audit
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import conflicts, dynamodb
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, ids, settings
from customer_auth.base.account_errors import ContactTaken, IdentityExists
from customer_auth.base.client import Client
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.customers import customer_items, customers, identity_items, ownership, referral_items, referrals, registration_items
from customer_auth.customers.customers import Customer
from customer_auth.customers.ownership import Assignment
from customer_auth.customers.registration_items import Registration
from customer_auth.flows.customer_creation import CustomerDetails
from customer_auth.otp import client_items, code_items, guest_proof_items
from customer_auth.otp.verification_sessions import VerificationSession
from customer_auth.passwords import hashing


class _GuestDraft(NamedTuple):
    """A customer to be created, not yet of anybody's id; `number` is the proven one, `referrer_item` the referrer's, if one is named."""

    customer: Customer
    registration: Registration
    number: Address | None
    session: VerificationSession | None
    referral_code: str | None
    referrer_item: Item | None


def create_customer(details: CustomerDetails, password: str, session: VerificationSession | None, client: Client) -> Customer:
    """Create the customer, who owns the number that the session has proven; its proof is used up. No session begins.

    Of any number of concurrent calls with one proof, one creates a customer.
    Raises: BadRequest, IdentityExists, ContactTaken, Throttled, Unavailable, aws.Failed.
    """
    channels = settings.service().registration_channels
    if Channel.EMAIL in channels and details.email is None:
        raise BadRequest("Email is required", FieldError("email", "is required", missing=True))
    hashing.check("password", password, [each for each in (details.email, details.phone) if each])
    item_keys = [*([guest_proof_items.key(session)] if session else ()), *_referrer_keys(details.referral_code)]
    client_items.count_registration(client.bucket)
    proof_item, referrer_item = _read(item_keys, has_session=session is not None)
    number = guest_proof_items.address_in(proof_item)
    _check_number(details.phone, number, is_needed=Channel.PHONE in channels)
    hashing.check("password", password, [number] if number else [])
    draft = _draft(details, password, number, session, referrer_item)
    return conflicts.retry_on_conflict(lambda _: _create(draft))


def _referrer_keys(referral_code: str | None) -> list[tuple[str, Item]]:
    return [] if referral_code is None else [referrals.key(referral_code)]


def _read(item_keys: list[tuple[str, Item]], *, has_session: bool) -> tuple[Item | None, Item | None]:
    """The proof's item and the referrer's, in one read. Raises: Unavailable, aws.Failed."""
    items = dynamodb.batch_get(item_keys) if item_keys else []
    proof_item = items.pop(0) if has_session else None
    return proof_item, items[0] if items else None


def _check_number(entered: Address | None, proven: Address | None, *, is_needed: bool) -> None:
    """Raises: BadRequest, unless the number that was entered or is needed is the proven one."""
    if (is_needed and proven is None) or (entered is not None and (proven is None or entered.key != proven.key)):
        raise NumberNotVerified


class NumberNotVerified(BadRequest):
    """The number was not verified in this session, or has been used since."""

    def __init__(self) -> None:
        message = "must be verified first"
        super().__init__(f"Phone number {message}", FieldError("phone_number", message))


def _draft(
    details: CustomerDetails, password: str, number: Address | None, session: VerificationSession | None, referrer_item: Item | None
) -> _GuestDraft:
    own = details.email if Channel.EMAIL in settings.service().registration_channels else number
    if own is None:  # checked before
        raise NumberNotVerified
    audit.note(address=own)
    now = clock.now()
    lapses_at = now + customers.LAPSE_AFTER_SECONDS
    registration = Registration(ids.new("reg_"), own, hashing.hash_password(password), now, lapses_at)
    customer = customers.new(details.names, address=number)
    customer = customer.with_address(details.email, verified=False) if details.email else customer
    customer = customer._replace(
        password_hash=registration.password_hash, registration=registration.id, expires_at=None if number else lapses_at
    )
    return _GuestDraft(customer, registration, number, session, details.referral_code, referrer_item)


def _create(draft: _GuestDraft) -> Customer:
    """Decide whose id the customer gets, and commit. Raises: WriteConflict, as `create_customer`."""
    assignment = _assignment(draft)
    customer = assignment.customer
    registration = draft.registration._replace(customer_id=customer.id)
    email_writes = _email_writes(draft, customer)
    writes = [*_proof_writes(draft), registration_items.put_new(registration), *email_writes, *assignment.writes]
    try:
        dynamodb.transact([*writes, *assignment.condition_checks])
    except dynamodb.TransactionFailed as failed:
        _judge(draft, assignment, failed.items, email_parts=len(email_writes))
    audit.note(registered=True)
    return customer


def _assignment(draft: _GuestDraft) -> Assignment:
    """Raises: ContactTaken (somebody has proven the number meanwhile), BadRequest (the referral code), Unavailable, aws.Failed."""
    number = draft.number
    if number is None:
        customer, checks = _referred(draft, draft.customer)
        return Assignment(customer, [customer_items.put_new(customer), referral_items.put(customer)], checks, is_new=True)
    state = ownership.read(number)
    if state.owner is not None:
        raise ContactTaken("guest")
    customer, checks = _referred(draft, ownership.successor(draft.customer, number, state))
    own = draft.registration.id if draft.registration.address.key == number.key else None
    return ownership.assign_to(customer, number, state, checks, registration=own)


def _referred(draft: _GuestDraft, customer: Customer) -> tuple[Customer, list[Write]]:
    if draft.referral_code is None:
        return customer, []
    return referrals.with_referrers(customer, draft.referrer_item)


def _proof_writes(draft: _GuestDraft) -> list[Write]:
    """The proof is used up, first of all; and the number gets an owner, so earlier devices end."""
    if draft.number is None or draft.session is None:
        return []
    return [guest_proof_items.use(draft.session), *code_items.end_devices(draft.number, clock.now())]


def _email_writes(draft: _GuestDraft, customer: Customer) -> list[Write]:
    """The email that was registered becomes the customer's, unverified: anybody may register it again, and it lapses by itself."""
    own, registration = draft.registration.address, draft.registration
    if own.channel is not Channel.EMAIL:
        return []
    return identity_items.put_unverified(own, registration.id, registration.password_hash, customer, expires_at=registration.expires_at)


def _judge(draft: _GuestDraft, assignment: Assignment, items: list[Item | None], *, email_parts: int) -> None:
    """What it means that conditions have failed; nothing, if it is our own transaction, repeated after its response was lost.

    Raises: NumberNotVerified (the proof was used), IdentityExists, UnknownReferrer, WriteConflict.
    """
    proof_parts = len(_proof_writes(draft))
    _, registration_item, *others = [None, *items[proof_parts:]]
    if registration_item is not None:
        return
    if proof_parts and items[0] is not None:
        raise NumberNotVerified
    if any(item is not None for item in others[:email_parts]):
        raise IdentityExists
    if referrals.have_failed(assignment.condition_checks, items):
        raise referrals.UnknownReferrer
    raise WriteConflict(others[email_parts:])
