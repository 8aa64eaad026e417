"""Changing one's own password: by the old one, or if there is none, after a recent sign-in. Every other session ends.

Attempts and changes count against the customer, not the address: one that is not verified may be somebody else's.
"""

from typing import NamedTuple

from customer_auth import audit
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws import conflicts, dynamodb, secret_keys
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.aws.dynamodb import Item, Write
from customer_auth.base import clock
from customer_auth.base.account_errors import ReauthenticationRequired
from customer_auth.base.client import Client
from customer_auth.base.errors import BadRequest, FieldError, NotAuthenticated, WrongPassword
from customer_auth.customers import customer_items, identity_password_items, ownership
from customer_auth.customers.customers import Customer
from customer_auth.messaging import notification_items
from customer_auth.messaging.kinds import Kind
from customer_auth.otp import client_items, code_items, devices
from customer_auth.passwords import hashing, password_attempt_items
from customer_auth.sessions import issuance, session_items, sessions
from customer_auth.sessions.issuance import TokenPair
from customer_auth.sessions.sessions import Caller


class PasswordChanged(NamedTuple):
    """The token pair that the caller goes on with, and a device where an address of theirs is proven."""

    customer_id: str
    token_pair: TokenPair
    device: str | None


def change(caller: Caller, old: str | None, new: str, client: Client, issuer: str) -> PasswordChanged:
    """Set a new password. Every other session, every reset and every device issued before has ended.

    Raises: BadRequest (the new one), WrongPassword, Throttled, ReauthenticationRequired (there is no old one),
    NotAuthenticated (the session ended meanwhile), aws.Failed.
    """
    customer = caller.customer
    hashing.check("new_password", new, [*customer.verified_addresses, *customer.unverified_addresses])
    attempted = customer.password_hash is not None
    if attempted:
        _compare(customer, old, client)
    elif not sessions.is_recent(caller.claims):
        raise ReauthenticationRequired
    return _commit(caller, hashing.hash_password(new), client, issuer, attempted=attempted)


def _compare(customer: Customer, old: str | None, client: Client) -> None:
    """Count the attempt, then compare. Raises: BadRequest (no old password), WrongPassword, Throttled, aws.Failed."""
    if old is None:
        raise BadRequest("Old password is required", FieldError("old_password", "is required", missing=True))
    client_items.count_password_attempt(client.bucket)
    password_attempt_items.count_attempt(customer.id)
    if not hashing.verify(customer.password_hash, old):
        raise WrongPassword("wrong_password")


def _commit(caller: Caller, password_hash: str, client: Client, issuer: str, *, attempted: bool) -> PasswordChanged:
    customer, now = caller.customer, clock.now()
    changed = customer.with_session()._replace(password_hash=password_hash, session_epoch=customer.session_epoch + 1, updated_at=now)
    session, refresh = issuance.reissue(caller.session, changed, derivation_key_version=secret_keys.derivation_key_version())
    token_pair = issuance.token_pair(changed, session, refresh, issuer)
    address = customer.verified_address(prefer=Channel.EMAIL)
    writes: list[Write] = [
        customer_items.update_and_end_sessions(customer, changed, ["password_hash"]),
        password_attempt_items.count_change(customer.id, attempted=attempted),
        session_items.put_new(session),
        *(write for each in customer.verified_addresses for write in code_items.end_devices(each, now)),
        *(client_items.refund_password_attempt(client.bucket) if attempted else ()),
        *_notifications(customer, address, client.locale),
    ]
    _transact(customer, writes, password_hash)
    audit.note(sid=session.family)
    return PasswordChanged(customer.id, token_pair, devices.issue(address, at=now) if address else None)


def _notifications(customer: Customer, address: Address | None, locale: str) -> list[Write]:
    if address is None:
        return []
    return [notification_items.put_new(Kind.PASSWORD_CHANGED, address, locale, fallback=customer.other_verified_address(address))]


def _transact(customer: Customer, writes: list[Write], password_hash: str) -> None:
    """Do the writes together with the customer's addresses, which are read again if one has moved to today's numbering plan meanwhile."""

    def decide(_: WriteConflict | None) -> None:
        identities = [identity_password_items.replace(identity, password_hash) for _, identity in ownership.identities_of(customer)]
        try:
            dynamodb.transact([*writes, *identities])
        except dynamodb.TransactionFailed as failed:
            if any(item is not None for item in failed.items[: len(writes)]):
                raise _refusal(failed.items) from None
            raise WriteConflict(failed.items) from None

    conflicts.retry_on_conflict(decide)


def _refusal(items: list[Item | None]) -> Exception:
    """Why the password was not changed."""
    customer_item, attempts_item, *_ = items
    if customer_item is None and attempts_item is not None:
        return password_attempt_items.throttled(attempts_item)
    return NotAuthenticated("changed_meanwhile")
