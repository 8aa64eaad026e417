"""Sessions: begun by a proof, checked at every call, ended one by one or all at once; `rotation` refreshes them.

A customer has a session epoch and a session remembers the one it began with: whatever ends every session adds one to it. A customer also
counts the sessions begun, and a session keeps its number: with the 50th that begins after it, it has ended. Both are read with the session
anyway.
"""

import re
import secrets
from typing import NamedTuple

from customer_auth import audit
from customer_auth.aws import dynamodb
from customer_auth.base import clock, ids, settings
from customer_auth.base.errors import AccountDeletionPending, NotAuthenticated, NotFound, Refusal, WrongSession
from customer_auth.customers import customer_items
from customer_auth.customers.customers import MAX_SESSIONS, Customer
from customer_auth.sessions import session_items, token_families
from customer_auth.sessions.refresh_tokens import RefreshToken, authenticate
from customer_auth.sessions.session_items import Session
from customer_auth.tokens import access_tokens

_SECRET_BYTES = 32
RECENT_SECONDS = 5 * clock.MINUTE
_FAMILY = re.compile(r"ses_[0-9a-v]{24}")


class TokenPair(NamedTuple):
    """What a client goes on with."""

    access_token: str
    refresh_token: str
    expires_in: int


class Caller(NamedTuple):
    """Who is calling, by a valid access token of a live session."""

    customer: Customer
    session: Session
    claims: access_tokens.Claims


class Identified(NamedTuple):
    """Whose an access token is; `caller` only while its session lives."""

    claims: access_tokens.Claims
    caller: Caller | None
    is_being_deleted: bool = False


def draft(
    customer: Customer, amr: list[str], *, client: str | None, derivation_key_version: int, secret: bytes | None = None
) -> tuple[Session, RefreshToken]:
    """A session that begins now, and its first refresh token; stored by the transaction of the proof it stands on.

    `customer` is as that transaction leaves them: with this session counted (`Customer.with_session`).
    """
    given, now = settings.service(), clock.now()
    first = RefreshToken(customer.id, ids.new("ses_"), derivation_key_version, 0, secret or secrets.token_bytes(_SECRET_BYTES))
    ends = now + given.refresh_max_days * clock.DAY
    idle = now + given.refresh_idle_days * clock.DAY
    session = Session(
        customer_id=customer.id,
        family=first.family,
        epoch=customer.session_epoch,
        number=customer.sessions_begun,
        generation=0,
        sibling=0,
        secret_hash=first.secret_hash,
        parent_hash=None,
        parent_rotated_at=None,
        derivation_key=derivation_key_version,
        amr=amr,
        client=client,
        begun_at=now,
        rotated_at=now,
        idle_at=idle,
        expires_at=ends,
    )
    return session, first


def token_pair(customer: Customer, session: Session, refresh: RefreshToken, issuer: str) -> TokenPair:
    """Both tokens, the access token signed now; it dies with its session at the latest. Raises: Unavailable, aws.Failed."""
    given, now = settings.service(), clock.now()
    expires_at = min(now + given.access_token_minutes * clock.MINUTE, session.expires_at)
    claims = access_tokens.Claims(
        iss=issuer,
        sub=customer.id,
        aud=given.audience,
        exp=expires_at,
        iat=now,
        jti=secrets.token_urlsafe(12),
        sid=session.family,
        auth_time=session.begun_at,
        amr=session.amr,
        roles=customer.roles,
    )
    return TokenPair(access_tokens.issue(claims), refresh.text(), expires_at - now)


def reissue(
    session: Session, customer: Customer, *, derivation_key_version: int, secret: bytes | None = None
) -> tuple[Session, RefreshToken]:
    """The session in the place of one that ends with all others: of the same sign-in, with the same end in any case; stored as `draft`."""
    anew, first = draft(customer, session.amr, client=session.client, derivation_key_version=derivation_key_version, secret=secret)
    idle_at = min(anew.idle_at, session.expires_at)
    return anew._replace(begun_at=session.begun_at, expires_at=session.expires_at, idle_at=idle_at), first


def is_recent(claims: access_tokens.Claims) -> bool:
    """Whether the sign-in is recent enough for what must not be done from a session left open (RFC 9470 is how others ask for more)."""
    return clock.now() - claims.auth_time <= RECENT_SECONDS


def identify(access_token: str, issuer: str, refused: type[Refusal] = NotAuthenticated) -> Identified:
    """Who is calling, also by a token whose session has ended meanwhile. Raises: `refused`, Unavailable, aws.Failed."""
    try:
        claims = access_tokens.check(access_token, issuer)
    except access_tokens.BadToken as bad:
        raise refused(str(bad)) from None
    audit.note(sid=claims.sid)
    session, customer = _read(claims.sub, claims.sid)
    if session and customer and _lives(session, customer):
        return Identified(claims, Caller(customer, session, claims))
    return Identified(claims, None, is_being_deleted=bool(session and customer and not customer.may_sign_in))


def check(access_token: str, issuer: str, refused: type[Refusal] = NotAuthenticated) -> Caller:
    """Who is calling. A session that has ended, by itself or with all others, is refused at once.

    Raises: `refused`, AccountDeletionPending (unless something else is to be raised), Unavailable, aws.Failed.
    """
    identified = identify(access_token, issuer, refused)
    if identified.caller is None:
        raise AccountDeletionPending if identified.is_being_deleted and refused is NotAuthenticated else refused("session_ended")
    return identified.caller


def end(refresh_token: str) -> None:
    """Log this client out; also by a token used before, for who holds a genuine one may end it. Raises: WrongSession, aws.Failed."""
    token = authenticate(refresh_token)
    audit.note(sid=token.family)
    session_items.end(token.customer_id, token.family)


def end_everywhere(refresh_token: str) -> None:
    """Log the customer out on every client, by a session that has not been ended on its own and that this token would renew.

    Repeated after a lost answer it succeeds and ends no session that has begun since. Raises: WrongSession, aws.Failed.
    """
    token = authenticate(refresh_token)
    audit.note(sid=token.family)
    session, customer = _read(token.customer_id, token.family)
    if session is None or customer is None or not _is_in_time(session, customer):
        raise WrongSession("session_ended")
    if token_families.judge(session, token, clock.now()) not in token_families.CURRENT:
        raise WrongSession("replaced")
    if session.epoch == customer.session_epoch:
        customer_items.end_sessions(customer)


def live(customer: Customer) -> list[Session]:
    """The customer's sessions that may still be used, the one used last first. Raises: aws.Failed."""
    found = [session for session in session_items.find_all(customer.id) if _lives(session, customer)]
    return sorted(found, key=lambda session: (session.rotated_at, session.family), reverse=True)


def revoke(customer: Customer, family: str) -> None:
    """End one of the customer's own sessions; repeated, it is over still. Raises: NotFound (no session's name), aws.Failed."""
    if not _FAMILY.fullmatch(family):
        raise NotFound
    session_items.end(customer.id, family)


def find(customer_id: str, family: str) -> tuple[Session, Customer] | None:
    """A session that may still be used, with its customer, in one consistent read: what has ended is seen as ended at once.

    Raises: Unavailable, aws.Failed.
    """
    session, customer = _read(customer_id, family)
    return (session, customer) if session and customer and _lives(session, customer) else None


def _lives(session: Session, customer: Customer) -> bool:
    return session.epoch == customer.session_epoch and customer.may_sign_in and _is_in_time(session, customer)


def _is_in_time(session: Session, customer: Customer) -> bool:
    """Whether the session has neither run out nor made room for later ones."""
    return clock.now() < session.idle_at and customer.sessions_begun - session.number < MAX_SESSIONS


def _read(customer_id: str, family: str) -> tuple[Session | None, Customer | None]:
    session, customer = dynamodb.batch_get([session_items.key(customer_id, family), customer_items.key(customer_id)])
    return session_items.session(session), customer_items.from_item(customer)
