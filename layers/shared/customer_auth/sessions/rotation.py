"""Renews a session by its refresh token, with one read and one conditional write, however many requests arrive at once."""

from typing import NoReturn

from customer_auth import audit
from customer_auth.aws import conflicts
from customer_auth.aws.conflicts import WriteConflict
from customer_auth.base import clock
from customer_auth.base.errors import RefreshTokenReused, WrongSession
from customer_auth.sessions import issuance, refresh_tokens, session_items, sessions, token_families
from customer_auth.sessions.issuance import TokenPair
from customer_auth.sessions.session_items import Session
from customer_auth.sessions.token_families import TokenState


def rotate(refresh_token: str, issuer: str) -> TokenPair:
    """Exchange a refresh token for the session's next token pair. Concurrent calls with one token all get the same successor.

    Raises: WrongSession, RefreshTokenReused (the session has ended), Unavailable, aws.Failed (the same token may be tried again).
    """
    token = refresh_tokens.authenticate(refresh_token)
    audit.note(sid=token.family)
    session_and_customer = sessions.find(token.customer_id, token.family)
    if session_and_customer is None:
        raise WrongSession("session_ended")
    session, customer = session_and_customer

    def decide(conflict: WriteConflict | None) -> TokenPair:
        current = session_items.session(conflict.items[0]) if conflict else session
        if current is None:
            raise WrongSession("session_ended")
        now = clock.now()
        state = token_families.classify(current, token, now)
        if state is TokenState.REPLACED_WITHIN_GRACE:
            raise WrongSession("replaced_just_now")
        if state is TokenState.REUSED:
            _end_reused(current)
        renewed, newest = token_families.renew(current, token, state, now)
        if state is not TokenState.PARENT_WITHIN_GRACE:
            session_items.rotate(current, renewed)
        return issuance.token_pair(customer, renewed, newest, issuer)

    return conflicts.retry_on_conflict(decide)


def _end_reused(session: Session) -> NoReturn:
    """End this session alone, one of whose replaced tokens came back. Raises: RefreshTokenReused, aws.Failed."""
    session_items.end(session.customer_id, session.family)
    audit.count("refresh_tokens_reused")  # the alarm RefreshTokensReused (template.yaml): five in an hour
    raise RefreshTokenReused("reused")
