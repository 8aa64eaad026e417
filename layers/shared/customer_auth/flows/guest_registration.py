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
from customer_auth.base import clock, settings
from customer_auth.base.account_errors import ContactTaken, IdentityExists
from customer_auth.base.client import Client
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.consents import consent_record, posting_items
from customer_auth.customers import customer_items, customers, identity_items, ownership, referral_items, referrals, registration_items
from customer_auth.customers.customers import Customer
from customer_auth.customers.ownership import Assignment
from customer_auth.customers.registration_items import Registration
from customer_auth.flows.customer_creation import CustomerDetails
from customer_auth.flows.registration_repeats import AlreadyRegistered, RegistrationRepeat
from customer_auth.otp import client_items, code_items, guest_proof_items
from customer_auth.otp.verification_sessions import VerificationSession
from customer_auth.passwords import hashing


class _GuestDraft(NamedTuple):
    """A customer to be created, before it is decided whether an existing id is taken over; `number` is the proven one."""

    customer: Customer
    registration: Registration
    number: Address | None
    session: VerificationSession | None
    referral_code: str | None
    referrer_item: Item | None


def create_customer(
    details: CustomerDetails, password: str, session: VerificationSession | None, client: Client, key: str | None = None
) -> Customer:
    """Create the customer, who owns the number that the session has proven; its proof is used up. No session begins.

    Of any number of concurrent calls with one proof, one creates a customer; those with its Idempotency-Key get the same one.
    Raises: BadRequest, IdentityExists, ContactTaken, Throttled, Unavailable, aws.Failed.
    """
    channels = settings.service().registration_channels
    if Channel.EMAIL in channels and details.email is None:
        raise BadRequest("Email is required", FieldError("email", "is required", missing=True))
    hashing.check("password", password, [each for each in (details.email, details.phone) if each])
    repeat = RegistrationRepeat.of(key, details.email, session)
    read = _read(details, session, repeat)
    if read.registration is not None:
        return repeat.answer(read.registration, password, client.bucket)
    client_items.count_registration(client.bucket)
    try:
        _check_number(details.phone, read.number, is_needed=Channel.PHONE in channels)
        hashing.check("password", password, [read.number] if read.number else [])
        draft = _draft(details, password, session, read, repeat.registration_id)
        return conflicts.retry_on_conflict(lambda _: _create(draft))
    except (AlreadyRegistered, NumberNotVerified, ContactTaken):
        registration = repeat.find()  # which the same call at the same moment may have made
        if registration is None:
            raise
        return repeat.answer(registration, password, client.bucket)


class _Read(NamedTuple):
    """The result of the one batch read: the proven number, the referrer's item, and what an earlier call with the key has created."""

    number: Address | None = None
    referrer_item: Item | None = None
    registration: Registration | None = None


def _read(details: CustomerDetails, session: VerificationSession | None, repeat: RegistrationRepeat) -> _Read:
    """Raises: BadRequest (the referral code can be nobody's), Unavailable, aws.Failed."""
    item_keys = {
        "proof": guest_proof_items.key(session) if session else None,
        "referrer": referrals.key(details.referral_code) if details.referral_code is not None else None,
        "registration": registration_items.key(repeat.registration_id) if repeat.has_key else None,
    }
    needed = {name: item_key for name, item_key in item_keys.items() if item_key}
    items = dict(zip(needed, dynamodb.batch_get([*needed.values()]) if needed else [], strict=True))
    registration = registration_items.from_item(items.get("registration"))
    return _Read(guest_proof_items.address_in(items.get("proof")), items.get("referrer"), registration)


def _check_number(entered: Address | None, proven: Address | None, *, is_needed: bool) -> None:
    """Raises: BadRequest, unless the number that was entered or is needed is the proven one."""
    if (is_needed and proven is None) or (entered is not None and (proven is None or entered.key != proven.key)):
        raise NumberNotVerified


class NumberNotVerified(BadRequest):
    """The number was not verified in this session, or has been used since."""

    def __init__(self) -> None:
        message = "must be verified first"
        super().__init__(f"Phone number {message}", FieldError("phone_number", message))


def _draft(details: CustomerDetails, password: str, session: VerificationSession | None, read: _Read, registration_id: str) -> _GuestDraft:
    number = read.number
    own = details.email if Channel.EMAIL in settings.service().registration_channels else number
    if own is None:  # checked before
        raise NumberNotVerified
    audit.note(address=own)
    now = clock.now()
    lapses_at = now + customers.LAPSE_AFTER_SECONDS
    registration = Registration(registration_id, own, hashing.hash_password(password), now, lapses_at)
    customer = customers.new(details.names, address=number)
    customer = customer.with_address(details.email, verified=False) if details.email else customer
    customer = consent_record.grant(customer, details.consents)._replace(
        password_hash=registration.password_hash, registration=registration.id, expires_at=None if number else lapses_at
    )
    return _GuestDraft(customer, registration, number, session, details.referral_code, read.referrer_item)


def _create(draft: _GuestDraft) -> Customer:
    """Decide whose id the customer gets, and commit. Raises: WriteConflict, as `create_customer`."""
    assignment = _assignment(draft)
    customer = assignment.customer
    registration = draft.registration._replace(customer_id=customer.id)
    email_writes = _email_writes(draft, customer)
    postings = posting_items.put_new(consent_record.reportable(customer))
    writes = [*_proof_writes(draft), registration_items.put_new(registration), *email_writes, *assignment.writes, *postings]
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
        if draft.session:  # an owner has come meanwhile: what the guest has proven opens nothing any more
            dynamodb.try_write(guest_proof_items.use(draft.session))
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

    Raises: AlreadyRegistered, NumberNotVerified (the proof was used), IdentityExists, UnknownReferrer, WriteConflict.
    """
    proof_parts = len(_proof_writes(draft))
    _, registration_item, *others = [None, *items[proof_parts:]]
    registration = registration_items.from_item(registration_item)
    if registration is not None:
        if registration.password_hash == draft.registration.password_hash:  # no other call's hash has its salt
            return
        raise AlreadyRegistered
    if proof_parts and items[0] is not None:
        raise NumberNotVerified
    if any(item is not None for item in others[:email_parts]):
        raise IdentityExists
    if referrals.have_failed(assignment.condition_checks, items):
        raise referrals.UnknownReferrer
    raise WriteConflict(others[email_parts:])
