"""Sessions: verified with every call, ended one by one or all at once. `issuance` begins them and `rotation` renews them.

A customer has a session epoch, and a session stores the epoch that it began in; whatever ends all sessions increments the epoch. A customer
also counts the sessions begun, and a session stores its number; it ends when the 50th session after it begins. Neither rule costs a further
read, because a call reads session and customer together.
"""

import re
from typing import NamedTuple

from customer_auth import audit
from customer_auth.aws import dynamodb
from customer_auth.base import clock
from customer_auth.base.account_errors import AccountDeletionPending
from customer_auth.base.errors import NotAuthenticated, NotFound, Refusal, WrongSession
from customer_auth.customers import customer_items
from customer_auth.customers.customers import MAX_SESSIONS, Customer
from customer_auth.sessions import refresh_tokens, session_items, token_families
from customer_auth.sessions.session_items import Session
from customer_auth.tokens import access_tokens
from customer_auth.tokens.strict_jws import InvalidToken

RECENT_SECONDS = 5 * clock.MINUTE
_FAMILY = re.compile(r"ses_[0-9a-v]{24}")


class Caller(NamedTuple):
    """The customer who calls with a valid access token of a live session."""

    customer: Customer
    session: Session
    claims: access_tokens.Claims


class TokenOwner(NamedTuple):
    """Whom a valid access token was issued to; `caller` is None if its session has ended."""

    claims: access_tokens.Claims
    caller: Caller | None
    is_being_deleted: bool = False


def is_recent(claims: access_tokens.Claims) -> bool:
    """Whether the sign-in is recent enough for what must not be possible in a session that was left open (compare RFC 9470)."""
    return clock.now() - claims.auth_time <= RECENT_SECONDS


def identify(access_token: str, issuer: str, refused: type[Refusal] = NotAuthenticated) -> TokenOwner:
    """The owner of a valid access token, even if its session has ended. Raises: `refused`, Unavailable, aws.Failed."""
    try:
        claims = access_tokens.verify(access_token, issuer)
    except InvalidToken as invalid:
        raise refused(str(invalid)) from None
    audit.note(sid=claims.sid)
    session, customer = _read(claims.sub, claims.sid)
    if session and customer and _is_live(session, customer):
        return TokenOwner(claims, Caller(customer, session, claims))
    return TokenOwner(claims, None, is_being_deleted=bool(session and customer and not customer.may_sign_in))


def authenticate(access_token: str, issuer: str, refused: type[Refusal] = NotAuthenticated) -> Caller:
    """The caller of an endpoint, by a valid access token. A session that has ended is refused at once.

    Raises: `refused`, AccountDeletionPending (only if `refused` is the default), Unavailable, aws.Failed.
    """
    owner = identify(access_token, issuer, refused)
    if owner.caller is None:
        raise AccountDeletionPending if owner.is_being_deleted and refused is NotAuthenticated else refused("session_ended")
    return owner.caller


def end(refresh_token: str) -> None:
    """Log this client out, by any genuine token of the session, even one that was replaced. Raises: WrongSession, aws.Failed."""
    token = refresh_tokens.authenticate(refresh_token)
    audit.note(sid=token.family)
    session_items.end(token.customer_id, token.family)


def end_everywhere(refresh_token: str) -> None:
    """Log the customer out on every client, by a token that could still be exchanged.

    A repeated call, after a lost response, succeeds and ends no session that has begun since. Raises: WrongSession, aws.Failed.
    """
    token = refresh_tokens.authenticate(refresh_token)
    audit.note(sid=token.family)
    session, customer = _read(token.customer_id, token.family)
    if session is None or customer is None or not _is_current(session, customer):
        raise WrongSession("session_ended")
    if token_families.classify(session, token, clock.now()) not in token_families.EXCHANGEABLE:
        raise WrongSession("replaced")
    if session.epoch == customer.session_epoch:
        customer_items.end_sessions(customer)


def list_live(customer: Customer) -> list[Session]:
    """The customer's live sessions, the last used one first. Raises: aws.Failed."""
    live = [session for session in session_items.find_all(customer.id) if _is_live(session, customer)]
    return sorted(live, key=lambda session: (session.rotated_at, session.family), reverse=True)


def revoke(customer: Customer, family: str) -> None:
    """End one of the customer's own sessions, even if it has ended already. Raises: NotFound (not the form of a session id), aws.Failed."""
    if not _FAMILY.fullmatch(family):
        raise NotFound
    session_items.end(customer.id, family)


def find(customer_id: str, family: str) -> tuple[Session, Customer] | None:
    """A live session and its customer, by one consistent read, which sees at once that a session has ended.

    Raises: Unavailable, aws.Failed.
    """
    session, customer = _read(customer_id, family)
    return (session, customer) if session and customer and _is_live(session, customer) else None


def _is_live(session: Session, customer: Customer) -> bool:
    return session.epoch == customer.session_epoch and customer.may_sign_in and _is_current(session, customer)


def _is_current(session: Session, customer: Customer) -> bool:
    """Whether the session has neither expired nor been displaced by later ones."""
    return clock.now() < session.idle_at and customer.sessions_begun - session.number < MAX_SESSIONS


def _read(customer_id: str, family: str) -> tuple[Session | None, Customer | None]:
    session, customer = dynamodb.batch_get([session_items.key(customer_id, family), customer_items.key(customer_id)])
    return session_items.session(session), customer_items.from_item(customer)
