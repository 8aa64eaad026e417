"""Renews a session by its refresh token, with one read and one conditional write, however many requests arrive at once."""

from customer_auth import audit
from customer_auth.base import clock
from customer_auth.base.errors import RefreshTokenReused, Unavailable, WrongSession
from customer_auth.sessions import issuance, session_items, sessions, token_families
from customer_auth.sessions.issuance import TokenPair
from customer_auth.sessions.refresh_tokens import authenticate
from customer_auth.sessions.session_items import Session
from customer_auth.sessions.token_families import TokenState

_MAX_ROUNDS = 3


def rotate(refresh_token: str, issuer: str) -> TokenPair:
    """Exchange a refresh token for the session's next token pair. Concurrent calls with one token all get the same successor.

    Raises: WrongSession, RefreshTokenReused (the session has ended), Unavailable, aws.Failed (the same token may be tried again).
    """
    token = authenticate(refresh_token)
    audit.note(sid=token.family)
    session_and_customer = sessions.find(token.customer_id, token.family)
    if session_and_customer is None:
        raise WrongSession("session_ended")
    session, customer = session_and_customer
    for _ in range(_MAX_ROUNDS):
        now = clock.now()
        state = token_families.classify(session, token, now)
        _refuse(state, session)
        renewed, newest = token_families.renew(session, token, state, now)
        changed = _put(session, renewed) if state is not TokenState.PARENT_WITHIN_GRACE else None
        if changed is None:
            return issuance.token_pair(customer, renewed, newest, issuer)
        session = changed
    raise Unavailable("changed_too_often")


def _refuse(state: TokenState, session: Session) -> None:
    """Refuse a token that cannot be exchanged; reuse ends the session. Raises: WrongSession, RefreshTokenReused, aws.Failed."""
    if state is TokenState.REPLACED_WITHIN_GRACE:
        raise WrongSession("replaced_just_now")
    if state is TokenState.REUSED:
        session_items.end(session.customer_id, session.family)
        audit.count("refresh_tokens_reused")
        raise RefreshTokenReused("reused")


def _put(session: Session, renewed: Session) -> Session | None:
    """Store the renewed session, or return the current one if another request was faster. Raises: WrongSession (ended), aws.Failed."""
    try:
        return session_items.rotate(session, renewed)
    except LookupError:
        raise WrongSession("session_ended") from None
