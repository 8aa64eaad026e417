"""Begins sessions and issues their tokens. A new session is stored by the transaction that consumes the proof it is based on."""

import secrets
from typing import NamedTuple

from customer_auth.base import clock, ids, settings
from customer_auth.customers.customers import Customer
from customer_auth.sessions.refresh_tokens import RefreshToken
from customer_auth.sessions.session_items import Session
from customer_auth.tokens import access_tokens

_SECRET_BYTES = 32


class TokenPair(NamedTuple):
    """An access token and a refresh token; `expires_in` is the life of the access token in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


def new_session(
    customer: Customer, amr: list[str], *, client: str | None, derivation_key_version: int, secret: bytes | None = None
) -> tuple[Session, RefreshToken]:
    """A session that begins now, and its first refresh token, for the caller's transaction to store.

    `customer` has this session counted already (`Customer.with_session`). With `secret` a repeated request gets the same refresh token.
    """
    service, now = settings.service(), clock.now()
    token = RefreshToken(customer.id, ids.new("ses_"), derivation_key_version, 0, secret or secrets.token_bytes(_SECRET_BYTES))
    session = Session(
        customer_id=customer.id,
        family=token.family,
        epoch=customer.session_epoch,
        number=customer.sessions_begun,
        secret_hash=token.secret_hash,
        derivation_key=derivation_key_version,
        amr=amr,
        client=client,
        begun_at=now,
        rotated_at=now,
        idle_at=now + service.refresh_idle_days * clock.DAY,
        expires_at=now + service.refresh_max_days * clock.DAY,
    )
    return session, token


def reissue(
    session: Session, customer: Customer, *, derivation_key_version: int, secret: bytes | None = None
) -> tuple[Session, RefreshToken]:
    """A session in place of one that ends with all others: of the same sign-in, and with the same end. Stored like a `new_session`."""
    reissued, token = new_session(
        customer, session.amr, client=session.client, derivation_key_version=derivation_key_version, secret=secret
    )
    idle_at = min(reissued.idle_at, session.expires_at)
    return reissued._replace(begun_at=session.begun_at, expires_at=session.expires_at, idle_at=idle_at), token


def token_pair(customer: Customer, session: Session, refresh: RefreshToken, issuer: str) -> TokenPair:
    """Sign an access token, which expires with its session at the latest, and pair it with the refresh token.

    Raises: Unavailable, aws.Failed.
    """
    service, now = settings.service(), clock.now()
    expires_at = min(now + service.access_token_minutes * clock.MINUTE, session.expires_at)
    claims = access_tokens.Claims(
        iss=issuer,
        sub=customer.id,
        aud=service.audience,
        exp=expires_at,
        iat=now,
        jti=secrets.token_urlsafe(12),
        sid=session.family,
        auth_time=session.begun_at,
        amr=session.amr,
        roles=customer.roles,
    )
    return TokenPair(access_tokens.issue(claims), refresh.text(), expires_at - now)
