"""Renewing a session by its refresh token: one read and one conditional write, however many come at once."""

from customer_auth import audit
from customer_auth.base import clock
from customer_auth.base.errors import RefreshTokenReused, Unavailable, WrongSession
from customer_auth.sessions import session_items, sessions, token_families
from customer_auth.sessions.refresh_tokens import authenticate
from customer_auth.sessions.session_items import Session
from customer_auth.sessions.sessions import TokenPair
from customer_auth.sessions.token_families import Verdict

_ROUNDS = 3


def rotate(refresh_token: str, issuer: str) -> TokenPair:
    """The next pair of a session. Of any number of calls at once with one token, each gets the same successor.

    Raises: WrongSession, RefreshTokenReused (the session has ended), Unavailable, aws.Failed (the same token may be tried again).
    """
    token = authenticate(refresh_token)
    audit.note(sid=token.family)
    found = sessions.find(token.customer_id, token.family)
    if found is None:
        raise WrongSession("session_ended")
    session, customer = found
    for _ in range(_ROUNDS):
        now = clock.now()
        verdict = token_families.judge(session, token, now)
        _refuse(verdict, session)
        anew, newest = token_families.rotated(session, token, verdict, now)
        instead = _put(session, anew) if verdict is not Verdict.REPEATED else None
        if instead is None:
            return sessions.token_pair(customer, anew, newest, issuer)
        session = instead
    raise Unavailable("changed_too_often")


def _refuse(verdict: Verdict, session: Session) -> None:
    """Raises: WrongSession, RefreshTokenReused (the session has ended), aws.Failed."""
    if verdict is Verdict.REFUSED:
        raise WrongSession("replaced_just_now")
    if verdict is Verdict.REUSED:
        session_items.end(session.customer_id, session.family)
        audit.count("refresh_tokens_reused")
        raise RefreshTokenReused("reused")


def _put(session: Session, anew: Session) -> Session | None:
    """What lies there instead where somebody was faster. Raises: WrongSession (the session has ended), aws.Failed."""
    try:
        return session_items.rotate(session, anew)
    except LookupError:
        raise WrongSession("session_ended") from None
