"""Changing one's own password: by the old one, or for who has none by a sign-in of just now. Every other session ends."""

from typing import NamedTuple

from customer_auth import audit, clock, devices, ownership, passwords, sessions, vault
from customer_auth.address import Address
from customer_auth.challenges import Place
from customer_auth.client import Client
from customer_auth.customers import Customer
from customer_auth.errors import BadRequest, FieldError, NotAuthenticated, ReauthenticationRequired, WrongPassword
from customer_auth.messaging.kinds import Kind
from customer_auth.sessions import Caller, Pair
from customer_auth.tables import (
    client_items,
    code_items,
    customer_items,
    dynamodb,
    guess_items,
    identity_items,
    keys,
    notice_items,
    session_items,
)
from customer_auth.tables.dynamodb import Write
from customer_auth.tables.keys import Lane


class Changed(NamedTuple):
    """The pair that the caller goes on with, and a device where an address of theirs is proven."""

    customer_id: str
    pair: Pair
    device: str | None


def change(caller: Caller, old: str | None, new: str, client: Client, issuer: str) -> Changed:
    """Set a new password. Every other session, reset and device given before has ended.

    Raises: BadRequest (the new one), WrongPassword, Throttled, ReauthenticationRequired (there is none to know), NotAuthenticated (the
    session ended meanwhile), aws.Failed.
    """
    customer = caller.customer
    passwords.check("new_password", new, customer.addresses)
    place = None
    if customer.password_hash is None:
        if not sessions.is_recent(caller.claims):
            raise ReauthenticationRequired
    elif old is None:
        raise BadRequest("Old password is required", FieldError("old_password", "is required", missing=True))
    else:
        place = _counted(customer, client)
        if not passwords.matches(customer.password_hash, old):
            raise WrongPassword("wrong_password")
    return _commit(caller, passwords.hashed(new), place, client, issuer)


def _counted(customer: Customer, client: Client) -> Place | None:
    """Count the guess where those of its owner's known devices are counted: whoever is signed in has proven to be one."""
    client_items.count_guess(client.bucket)
    main = _main_address(customer)
    place = Place(keys.code_item_key(main, Lane.KNOWN), Lane.KNOWN) if main else None
    if place:
        guess_items.count(place)
    return place


def _main_address(customer: Customer) -> Address | None:
    proven = [address for address in customer.addresses if customer.is_verified(address.channel)]
    return next(iter([*reversed(proven), *customer.addresses]), None)  # the email before the phone


def _told(customer: Customer, main: Address, client: Client) -> Write:
    return notice_items.put_new(Kind.PASSWORD_CHANGED, main, client.locale, fallback=customer.verified_beside(main))


def _commit(caller: Caller, password_hash: str, guessed: Place | None, client: Client, issuer: str) -> Changed:
    customer, now = caller.customer, clock.now()
    changed = customer.with_session()._replace(password_hash=password_hash, session_epoch=customer.session_epoch + 1, updated_at=now)
    session, refresh = sessions.go_on(caller.session, changed, pepper_version=vault.pepper_version())
    pair = sessions.pair(changed, session, refresh, issuer)
    lanes = {keys.code_item_key(address, Lane.KNOWN) for address in customer.addresses}
    main = _main_address(customer)
    writes = [
        customer_items.become(customer, changed, ["password_hash"]),
        session_items.put_new(session),
        *(identity_items.change(address, read, password_hash) for address, read in ownership.own(customer)),
        *(code_items.end_devices(lane, now, guessed=guessed is not None and lane == guessed.item_key) for lane in sorted(lanes)),
        *(client_items.take_out_guess(client.bucket) if guessed else ()),
        *([_told(customer, main, client)] if main and customer.has_proven else ()),
    ]
    try:
        dynamodb.transact(writes)
    except dynamodb.TransactionFailed:
        raise NotAuthenticated("changed_meanwhile") from None
    audit.note(sid=session.family)
    return Changed(customer.id, pair, devices.issue(main, at=now) if main and customer.has_proven else None)
