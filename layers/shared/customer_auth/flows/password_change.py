"""Changing one's own password: by the old one, or for who has none by a sign-in of just now. Every other session ends.

Attempts and changes count against the customer: an address that is not verified may be somebody else's.
"""

from typing import NamedTuple

from customer_auth import audit
from customer_auth.addresses.address import Channel
from customer_auth.aws import dynamodb, keys, secret_keys
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.aws.keys import Lane
from customer_auth.base import clock
from customer_auth.base.client import Client
from customer_auth.base.errors import BadRequest, FieldError, NotAuthenticated, ReauthenticationRequired, Unavailable, WrongPassword
from customer_auth.customers import customer_items, identity_password_items, ownership
from customer_auth.customers.customers import Customer
from customer_auth.messaging import notification_items
from customer_auth.messaging.kinds import Kind
from customer_auth.otp import client_items, code_items, devices
from customer_auth.passwords import hashing, password_attempt_items
from customer_auth.sessions import session_items, sessions
from customer_auth.sessions.sessions import Caller, TokenPair

_ROUNDS = 3


class Changed(NamedTuple):
    """The token pair that the caller goes on with, and a device where an address of theirs is proven."""

    customer_id: str
    token_pair: TokenPair
    device: str | None


def change(caller: Caller, old: str | None, new: str, client: Client, issuer: str) -> Changed:
    """Set a new password. Every other session, reset and device given before has ended.

    Raises: BadRequest (the new one), WrongPassword, Throttled, ReauthenticationRequired (there is none to know), NotAuthenticated (the
    session ended meanwhile), aws.Failed.
    """
    customer = caller.customer
    hashing.check("new_password", new, [*customer.verified_addresses, *customer.unverified_addresses])
    attempted = customer.password_hash is not None
    if attempted:
        _compare(customer, old, client)
    elif not sessions.is_recent(caller.claims):
        raise ReauthenticationRequired
    return _commit(caller, hashing.hashed(new), client, issuer, attempted=attempted)


def _compare(customer: Customer, old: str | None, client: Client) -> None:
    """Count the attempt, then compare. Raises: BadRequest (no old password), WrongPassword, Throttled, aws.Failed."""
    if old is None:
        raise BadRequest("Old password is required", FieldError("old_password", "is required", missing=True))
    client_items.count_password_attempt(client.bucket)
    password_attempt_items.count_attempt(customer.id)
    if not hashing.matches(customer.password_hash, old):
        raise WrongPassword("wrong_password")


def _commit(caller: Caller, password_hash: str, client: Client, issuer: str, *, attempted: bool) -> Changed:
    customer, now = caller.customer, clock.now()
    changed = customer.with_session()._replace(password_hash=password_hash, session_epoch=customer.session_epoch + 1, updated_at=now)
    session, refresh = sessions.reissue(caller.session, changed, derivation_key_version=secret_keys.derivation_key_version())
    token_pair = sessions.token_pair(changed, session, refresh, issuer)
    main = customer.verified_address(prefer=Channel.EMAIL)
    writes: list[Write] = [
        customer_items.update_and_end_sessions(customer, changed, ["password_hash"]),
        password_attempt_items.count_change(customer.id, attempted=attempted),
        session_items.put_new(session),
        *(code_items.end_devices(keys.code_item_key(each, Lane.TRUSTED), now) for each in customer.verified_addresses),
        *(client_items.refund_password_attempt(client.bucket) if attempted else ()),
        *(
            [notification_items.put_new(Kind.PASSWORD_CHANGED, main, client.locale, fallback=customer.other_verified_address(main))]
            if main
            else ()
        ),
    ]
    _transact(customer, writes, password_hash)
    audit.note(sid=session.family)
    return Changed(customer.id, token_pair, devices.issue(main, at=now) if main else None)


def _transact(customer: Customer, writes: list[Write], password_hash: str) -> None:
    """Do them with the customer's addresses, which are read anew where one has just been moved to today's key."""
    for _ in range(_ROUNDS):
        identities = [identity_password_items.replace(read, password_hash) for _, read in ownership.identities_of(customer)]
        try:
            return dynamodb.transact([*writes, *identities])
        except dynamodb.TransactionFailed as failed:
            if any(item is not None for item in failed.items[: len(writes)]):
                raise _instead(failed.items) from None
    raise Unavailable("changed_too_often")


def _instead(items: list[Item | None]) -> Exception:
    """What it means that the password was not changed."""
    customer_item, attempts_item, *_ = items
    if customer_item is None and attempts_item is not None:
        return password_attempt_items.throttled(attempts_item)
    return NotAuthenticated("changed_meanwhile")
