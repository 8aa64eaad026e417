"""Making the customer of a registration: its address merely claimed, unless a reset has proven it meanwhile."""

from typing import NamedTuple

from customer_auth import audit
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import dynamodb, secret_keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock, settings
from customer_auth.base.client import Client
from customer_auth.base.errors import BadRequest, FieldError, IdentityExists, NotAuthenticated, Unavailable
from customer_auth.customers import customer_items, customers, identity_items, profiles, referral_items, referrals, registration_items
from customer_auth.customers.customers import Customer, Names
from customer_auth.customers.identity_items import Identity
from customer_auth.customers.registration_items import Registration
from customer_auth.otp import code_items, devices
from customer_auth.sessions import session_items, sessions
from customer_auth.sessions.sessions import TokenPair
from customer_auth.tokens.registration_tokens import Opening


class Wanted(NamedTuple):
    """What a new customer says of themselves."""

    email: Address | None
    phone: Address | None
    names: Names
    company_name: str | None
    metadata: dict[str, object]
    referral_code: str | None


class Created(NamedTuple):
    """A new customer, with a session where nothing is left to verify, and a device where an address is proven too."""

    customer: Customer
    token_pair: TokenPair | None
    device: str | None


def open_customer(opening: Opening, wanted: Wanted, client: Client, issuer: str) -> Created:
    """Make the registration's customer, once, with a session where nothing is left to verify; its registration is the newest then.

    Raises: NotAuthenticated (no such registration, or not any more), BadRequest, IdentityExists, Unavailable, aws.Failed.
    """
    places = [registration_items.key(opening.registration_id)]
    if wanted.referral_code is not None:
        places.append(referrals.key(wanted.referral_code))
    item, *referral = dynamodb.batch_get(places)
    registration = registration_items.registration(item)
    if registration is None or registration.customer_id or not opening.is_of(registration.password_hash):
        raise NotAuthenticated("registration_used")
    audit.note(address=registration.address)
    customer, condition_checks = _drafted(registration, wanted), list[Write]()
    if wanted.referral_code is not None:
        customer, condition_checks = referrals.followed(customer, referral[0])
    try:
        return _commit(registration, customer, condition_checks, client, issuer, identity=None)
    except _Proven as proven:
        return _commit(registration, customer, condition_checks, client, issuer, identity=proven.identity)


class _Proven(Exception):
    """The address was proven for this registration, by a reset, before it had a customer."""

    def __init__(self, identity: Identity) -> None:
        super().__init__()
        self.identity = identity


def _drafted(registration: Registration, wanted: Wanted) -> Customer:
    """The customer, with every address merely claimed. Raises: BadRequest."""
    own = registration.address
    customer = customers.new(wanted.names).with_address(own, verified=False)
    collected = settings.service().registration_channels
    for channel, given in ((Channel.EMAIL, wanted.email), (Channel.PHONE, wanted.phone)):
        if given is None and channel in collected and channel is not own.channel:
            raise BadRequest(f"{channel.capitalize()} is required", FieldError(channel, "is required", missing=True))
        if given is not None and channel is own.channel and given.key != own.key:
            raise BadRequest(f"{channel.capitalize()} must be the registered one", FieldError(channel, "must be the registered one"))
        if given is not None and channel is not own.channel:
            customer = customer.with_address(given, verified=False)
    return customer._replace(
        company_name=wanted.company_name,
        metadata=profiles.checked(wanted.metadata),
        password_hash=registration.password_hash,
        registration=registration.id,
    )


def _commit(
    registration: Registration, customer: Customer, condition_checks: list[Write], client: Client, issuer: str, *, identity: Identity | None
) -> Created:
    own = registration.address
    if identity:
        customer = customer.with_address(own, verified=True)
    opens = not customer.left_to_verify or not settings.service().require_verification
    expires_at = None if opens or identity else clock.now() + customers.LAPSES_SECONDS
    customer = customer._replace(expires_at=expires_at, sessions_begun=int(opens))
    if identity:
        owns = identity_items.prove(own, customer, identity, registration=registration.id)
    else:
        owns = identity_items.put_unverified(own, registration.id, registration.password_hash, customer, expires_at=expires_at)
    opens_once = registration_items.open_for(registration, customer.id)
    writes = [opens_once, *owns, customer_items.put_new(customer), referral_items.put(customer)]
    token_pair, session = None, None
    if opens:
        session, refresh = sessions.draft(
            customer, ["pwd"], client=client.label, derivation_key_version=secret_keys.derivation_key_version()
        )
        token_pair = sessions.token_pair(customer, session, refresh, issuer)
        writes.append(session_items.put_new(session))
    if identity:  # the address gets an owner
        given_at = session.begun_at if session else clock.now()
        writes += code_items.end_devices(own, given_at)
    try:
        dynamodb.transact([*writes, *condition_checks])
    except dynamodb.TransactionFailed as failed:
        if referrals.refused(condition_checks, failed.items) and failed.items[0] is None:
            raise referrals.UnknownReferrer from None
        raise _instead(registration, failed.items, identity) from None
    if session:
        audit.note(sid=session.family)
    return Created(customer, token_pair, devices.issue(own, at=session.begun_at) if session and identity else None)


def _instead(registration: Registration, items: list[Item | None], identity: Identity | None) -> Exception:
    """What it means that the customer was not made."""
    if items[0] is not None:
        return NotAuthenticated("registration_used")
    own = registration.address
    found = identity_items.identity(own, items[1 : 1 + len(own.keys)])
    if found is None or identity is not None:
        return Unavailable("changed_meanwhile")
    if found.proven_at and found.registration == registration.id and not found.customer_id:
        return _Proven(found)
    return IdentityExists()
