"""Creates the customer of a registration. Its address stays unverified, unless a reset has verified it meanwhile."""

from typing import NamedTuple

from customer_auth import audit
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import dynamodb, secret_keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings
from customer_auth.base.account_errors import IdentityExists
from customer_auth.base.client import Client
from customer_auth.base.errors import BadRequest, FieldError, NotAuthenticated, Unavailable
from customer_auth.consents import consent_record, posting_items
from customer_auth.consents.consents import GivenConsent
from customer_auth.customers import customer_items, customers, identity_items, profiles, referral_items, referrals, registration_items
from customer_auth.customers.customers import Customer, Names
from customer_auth.customers.identity_items import Identity
from customer_auth.customers.registration_items import Registration
from customer_auth.otp import code_items, devices
from customer_auth.otp.redemption import StartedSession
from customer_auth.sessions import issuance, session_items
from customer_auth.sessions.issuance import TokenPair
from customer_auth.tokens.registration_tokens import RegistrationToken


class CustomerDetails(NamedTuple):
    """What a new customer enters about themselves."""

    email: Address | None
    phone: Address | None
    names: Names
    company_name: str | None
    metadata: dict[str, object]
    referral_code: str | None
    consents: tuple[GivenConsent, ...] = ()


class CreatedCustomer(NamedTuple):
    """A new customer; with a session if nothing is left to verify, and a device if an address is verified too."""

    customer: Customer
    token_pair: TokenPair | None
    device: str | None


class _Draft(NamedTuple):
    """A customer to be created from a registration, and the checks on the referrer at the end of the transaction."""

    registration: Registration
    customer: Customer
    condition_checks: list[Write]


class _VerifiedByReset(Exception):
    """A reset has verified the address for this registration before it had a customer."""

    def __init__(self, identity: Identity) -> None:
        super().__init__()
        self.identity = identity


def create_customer(opening: RegistrationToken, details: CustomerDetails, client: Client, issuer: str) -> CreatedCustomer:
    """Create the registration's customer, once, with a session if nothing is left to verify. The registration becomes the newest.

    Raises: NotAuthenticated (no such registration, or it was used), BadRequest, IdentityExists, Unavailable, aws.Failed.
    """
    draft = _draft(opening, details)
    try:
        return _commit(draft, client, issuer, identity=None)
    except _VerifiedByReset as verified:
        return _commit(draft, client, issuer, identity=verified.identity)


def _draft(opening: RegistrationToken, details: CustomerDetails) -> _Draft:
    """Read the registration and the referrer in one batch. Raises: NotAuthenticated, BadRequest, Unavailable, aws.Failed."""
    item_keys = [registration_items.key(opening.registration_id)]
    if details.referral_code is not None:
        item_keys.append(referrals.key(details.referral_code))
    item, *referrer_items = dynamodb.batch_get(item_keys)
    registration = registration_items.from_item(item)
    if registration is None or registration.customer_id or not opening.is_of(registration.password_hash):
        raise NotAuthenticated("registration_used")
    audit.note(address=registration.address)
    customer = _new_customer(registration, details)
    if details.referral_code is None:
        return _Draft(registration, customer, [])
    return _Draft(registration, *referrals.with_referrers(customer, referrer_items[0]))


def _new_customer(registration: Registration, details: CustomerDetails) -> Customer:
    """The customer, whose addresses are all unverified. Raises: BadRequest."""
    own = registration.address
    customer = customers.new(details.names).with_address(own, verified=False)
    required = settings.service().registration_channels
    for channel, address in ((Channel.EMAIL, details.email), (Channel.PHONE, details.phone)):
        if address is None and channel in required and channel is not own.channel:
            raise BadRequest(f"{channel.capitalize()} is required", FieldError(channel, "is required", missing=True))
        if address is not None and channel is own.channel and address.key != own.key:
            raise BadRequest(f"{channel.capitalize()} must be the registered one", FieldError(channel, "must be the registered one"))
        if address is not None and channel is not own.channel:
            customer = customer.with_address(address, verified=False)
    return consent_record.grant(customer, details.consents)._replace(
        company_name=details.company_name,
        metadata=profiles.validate(details.metadata),
        password_hash=registration.password_hash,
        registration=registration.id,
    )


def _commit(draft: _Draft, client: Client, issuer: str, *, identity: Identity | None) -> CreatedCustomer:
    """Create the customer. `identity` is the address's, if a reset has verified it. Raises: _VerifiedByReset, as `create_customer`."""
    address = draft.registration.address
    customer = _complete(draft.customer, address, is_verified=identity is not None)
    started = _start_session(customer, client, issuer) if customer.sessions_begun else None
    writes = _writes(draft.registration, customer, identity)
    if started:
        writes.append(session_items.put_new(started.session))
    if identity:  # the address gets an owner, so earlier devices end
        at = started.session.begun_at if started else clock.now()
        writes += code_items.end_devices(address, at)
    try:
        dynamodb.transact([*writes, *draft.condition_checks])
    except dynamodb.TransactionFailed as failed:
        raise _refusal(draft, failed.items, identity) from None
    if started is None:
        return CreatedCustomer(customer, None, None)
    audit.note(sid=started.session.family)
    device = devices.issue(address, at=started.session.begun_at) if identity else None
    return CreatedCustomer(customer, started.token_pair, device)


def _complete(customer: Customer, address: Address, *, is_verified: bool) -> Customer:
    """The customer as it is stored. A session begins if nothing is left to verify; without one, and with nothing verified, it lapses."""
    if is_verified:
        customer = customer.with_address(address, verified=True)
    begins_session = not customer.left_to_verify or not settings.service().require_verification
    expires_at = None if begins_session or is_verified else clock.now() + customers.LAPSE_AFTER_SECONDS
    return customer._replace(expires_at=expires_at, sessions_begun=int(begins_session))


def _start_session(customer: Customer, client: Client, issuer: str) -> StartedSession:
    version = secret_keys.derivation_key_version()
    session, refresh = issuance.new_session(customer, ["pwd"], client=client.label, derivation_key_version=version)
    return StartedSession(customer, session, issuance.token_pair(customer, session, refresh, issuer))


def _writes(registration: Registration, customer: Customer, identity: Identity | None) -> list[Write]:
    """The writes that use up the registration and create the customer: first the registration's, then the identity's."""
    address = registration.address
    if identity:
        identity_writes = identity_items.put_verified(address, customer, identity, registration=registration.id)
    else:
        identity_writes = identity_items.put_unverified(
            address, registration.id, registration.password_hash, customer, expires_at=customer.expires_at
        )
    used = registration_items.mark_used(registration, customer.id)
    postings = posting_items.put_new(consent_record.reportable(customer))
    return [used, *identity_writes, customer_items.put_new(customer), referral_items.put(customer), *postings]


def _refusal(draft: _Draft, items: list[Item | None], identity: Identity | None) -> Exception:
    """Why the customer was not created, from the items of the failed writes."""
    registration = draft.registration
    if items[0] is not None:
        return NotAuthenticated("registration_used")
    if referrals.have_failed(draft.condition_checks, items):
        return referrals.UnknownReferrer()
    current = identity_items.from_items(registration.address, items[1 : 1 + len(registration.address.keys)])
    if current is None or identity is not None:
        return Unavailable("changed_meanwhile")
    if current.proven_at and current.registration == registration.id and not current.customer_id:
        return _VerifiedByReset(current)
    return IdentityExists()
